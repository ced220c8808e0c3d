/** Makes a model the lab's: writes `model_id` or `model_path`, and takes the other one out, which would win or mislead. */
import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { writePrivateFile } from '../lib/private-file.ts';
import { homeError } from '../lib/home.ts';
import { dirname } from 'node:path';
import { invalidConfigError, parseConfig, type LoadedConfig } from './load.ts';

/** Throws `config_invalid` when the file is not valid; then it stays as it is. */
export function setConfigModel(config: LoadedConfig, key: 'model_id' | 'model_path', value: string): void {
  if (config.problems.length > 0) throw invalidConfigError(config);
  const document = parseDocument(config.exists ? readFileSync(config.path, 'utf8') : '');
  document.set(key, value);
  document.delete(key === 'model_id' ? 'model_path' : 'model_id');
  const text = document.toString();
  const after = parseConfig(config.path, text);
  if (after.problems.length > 0) throw invalidConfigError(after);
  try {
    writePrivateFile(config.path, text);
  } catch (error) {
    throw homeError(dirname(config.path), error);
  }
}
