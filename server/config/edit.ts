/** Writes `ai-lab.yaml`: whole, atomically, with the mode it had. What would be invalid is never written. */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { homeError } from '../lib/home.ts';
import { writeWholeFile } from '../lib/private-file.ts';
import { withKey } from './edit-text.ts';
import { invalidConfigError, loadConfig, parseConfig, type ParsedConfig } from './load.ts';

/** What the file would be with that key, named with dots, set; undefined takes it out. Throws where either is invalid. */
export function changeKey(path: string, key: string, value: unknown): { text: string; parsed: ParsedConfig } {
  const before = loadConfig(path);
  if (before.problems.length > 0) throw invalidConfigError(before);
  const text = withKey(before.text ?? '', key.split('.'), value);
  const parsed = parseConfig(path, text);
  if (parsed.problems.length > 0) throw invalidConfigError(parsed, NOTHING_WRITTEN);
  return { text, parsed };
}

export const NOTHING_WRITTEN = 'Correct it and save again; the file on disk is as it was.';

export function setConfigKey(path: string, key: string, value: unknown): void {
  writeConfigText(path, changeKey(path, key, value).text);
}

/** A link stays a link: what it points to is written. */
export function writeConfigText(path: string, text: string): void {
  try {
    const file = existsSync(path) ? realpathSync(path) : path;
    const mode = existsSync(file) ? statSync(file).mode & 0o777 : 0o600;
    writeWholeFile(file, text, mode, true);
  } catch (error) {
    throw homeError(dirname(path), error);
  }
}
