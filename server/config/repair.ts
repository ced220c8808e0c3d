/** What ai-lab.yaml would be with a repair in it. Nothing is written; comments and order stay. */
import type { ConfigOverrides } from '../schemas/config.ts';
import { CONFIG_VARIABLES } from '../schemas/config-defaults.ts';
import type { RepairChange, RepairPreview } from '../schemas/explanation.ts';
import { NOTHING_WRITTEN } from './edit.ts';
import { withKey } from './edit-text.ts';
import { invalidConfigError, loadConfig, parseConfig } from './load.ts';

/** Throws `config_invalid` when the file is invalid, or would be. */
export function previewRepair(
  path: string,
  changes: readonly RepairChange[],
  over: { flags: ConfigOverrides; environment: ConfigOverrides },
): RepairPreview {
  const now = loadConfig(path);
  if (now.problems.length > 0) throw invalidConfigError(now);
  const before = now.text ?? '';
  let after = before;
  for (const { key, value } of changes) after = withKey(after, key.split('.'), value);
  const parsed = parseConfig(path, after);
  if (parsed.problems.length > 0) throw invalidConfigError(parsed, NOTHING_WRITTEN);
  return { base: now.sha256, before, after, overruled: overruled(changes, over) };
}

function overruled(
  changes: readonly RepairChange[],
  { flags, environment }: { flags: ConfigOverrides; environment: ConfigOverrides },
): RepairPreview['overruled'] {
  return changes.flatMap(({ key }) => {
    // Whoever names a path names the model.
    const names: string[] = key === 'model_id' ? ['model_path', 'model_id'] : [key];
    const has = (layer: ConfigOverrides) => names.find((name) => name in layer);
    if (has(flags) !== undefined) return [{ key, by: 'a flag of the command that started the lab' }];
    const name = has(environment);
    if (name === undefined) return [];
    return [{ key, by: `the environment variable ${CONFIG_VARIABLES[name as keyof ConfigOverrides]}` }];
  });
}
