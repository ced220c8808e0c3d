/** Makes a model the lab's: writes `model_id` or `model_path`, and takes the other one out, which would win or mislead. */
import { NOTHING_WRITTEN, writeConfigText } from './edit.ts';
import { withKey } from './edit-text.ts';
import { invalidConfigError, loadConfig, parseConfig } from './load.ts';

/** In one write. Throws `config_invalid` when the file is not valid, or would not be; then it stays as it is. */
export function setConfigModel(path: string, key: 'model_id' | 'model_path', value: string): void {
  const before = loadConfig(path);
  if (before.problems.length > 0) throw invalidConfigError(before);
  const other = key === 'model_id' ? 'model_path' : 'model_id';
  const text = withKey(withKey(before.text ?? '', [key], value), [other], undefined);
  const after = parseConfig(path, text);
  if (after.problems.length > 0) throw invalidConfigError(after, NOTHING_WRITTEN);
  writeConfigText(path, text);
}
