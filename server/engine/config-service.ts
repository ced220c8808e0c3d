/** `ai-lab.yaml` for its editors: shown, checked and written, never half, never over someone else's change. */
import { changeKey, NOTHING_WRITTEN, writeConfigText } from '../config/edit.ts';
import { guardedChanges } from '../config/guard.ts';
import { environmentOverrides } from '../config/layers.ts';
import { invalidConfigError, loadConfig, parseConfig, placeOf, type ParsedConfig } from '../config/load.ts';
import { previewRepair } from '../config/repair.ts';
import { configValues } from '../config/values.ts';
import { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import type { ConfigOverrides, ConfigProblem } from '../schemas/config.ts';
import type { ConfigView } from '../schemas/config-view.ts';
import type { Engine } from './contract.ts';

export interface ConfigParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  /** What the running `up` was asked for over the config. */
  flags(): ConfigOverrides;
  onChange(): void;
}

export function createConfigService({ home, env, flags, onChange }: ConfigParts): Engine['config'] {
  const path = home.config;

  const get = (): ConfigView => {
    const { exists, text, sha256, problems, values } = loadConfig(path);
    return {
      path,
      exists,
      valid: problems.length === 0,
      text,
      sha256,
      problems,
      values: configValues({ flags: flags(), environment: environmentOverrides(env), file: values }),
    };
  };

  const save = (text: string, parsed: ParsedConfig, writer: 'cli' | 'browser'): ConfigView => {
    if (writer === 'browser') refuseGuarded(path, parsed);
    writeConfigText(path, text);
    onChange();
    return get();
  };

  return {
    get,
    check(text, writer) {
      const parsed = parseConfig(path, text);
      if (parsed.problems.length > 0 || writer === 'cli') return parsed.problems;
      return guardedProblems(path, text, parsed);
    },
    preview: ({ changes }) =>
      previewRepair(path, changes, { flags: flags(), environment: environmentOverrides(env) }),
    set({ key, value }, writer) {
      const { text, parsed } = changeKey(path, key, value ?? undefined);
      return save(text, parsed, writer);
    },
    write({ text, base }, writer) {
      const now = loadConfig(path);
      if (now.exists && now.sha256 === null) throw invalidConfigError(now);
      if (now.sha256 !== base) throw changedMeanwhile(path);
      const parsed = parseConfig(path, text);
      if (parsed.problems.length > 0) throw invalidConfigError(parsed, NOTHING_WRITTEN);
      return save(text, parsed, writer);
    },
  };
}

const NOT_FROM_HERE = 'A browser may not name commands, addresses, images, files or hosts for this machine.';

function guardedProblems(path: string, text: string, parsed: ParsedConfig): ConfigProblem[] {
  return guardedChanges(loadConfig(path).plain, parsed.plain).map((key) => ({
    ...placeOf(text, key),
    key,
    message: `${NOT_FROM_HERE} Change this key in the file itself.`,
  }));
}

function refuseGuarded(path: string, parsed: ParsedConfig): void {
  const keys = guardedChanges(loadConfig(path).plain, parsed.plain);
  if (keys.length === 0) return;
  throw new LabError({
    code: 'config_not_from_browser',
    message: `${keys.join(', ')}: ${NOT_FROM_HERE} Nothing was written.`,
    fix: `Change it in ${path} with a text editor; this page shows it at once.`,
    status: 403,
  });
}

function changedMeanwhile(path: string): LabError {
  return new LabError({
    code: 'config_changed',
    message: `${path} was changed by someone else since it was read here. Nothing was written.`,
    fix: 'Look at what is on disk now, then save again.',
    status: 409,
  });
}
