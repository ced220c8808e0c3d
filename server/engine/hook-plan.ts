/** The hooks of a lab from its config: pure. */
import { createHash } from 'node:crypto';
import { HOOK_PHASES, type Hook, type HookPhase } from '../schemas/hooks.ts';
import type { ConfigFile } from '../schemas/config.ts';
import { CONFIG_DEFAULTS } from '../schemas/config-defaults.ts';
import { parseDuration } from '../schemas/duration.ts';
import { HOOK_TIMEOUT, type HookEntry } from '../schemas/hook-config.ts';
import type { Lab } from '../schemas/lab.ts';
import { lacks } from './hook-facts.ts';

type Written = Exclude<HookEntry, string>;

/** In the order in which they run. A phase that the file leaves out has its default hooks. */
export function hooksOf({ hooks }: Pick<ConfigFile, 'hooks'>): Hook[] {
  return HOOK_PHASES.flatMap((phase) => {
    const written = hooks?.[phase];
    const entries = written ?? CONFIG_DEFAULTS.hooks[phase];
    return entries.map((entry) => toHook(entry, phase, written === undefined ? 'default' : 'file'));
  });
}

function toHook(entry: HookEntry, phase: HookPhase, origin: Hook['origin']): Hook {
  const written = typeof entry === 'string' ? { name: entry, type: entry } : entry;
  const {
    name,
    type,
    timeout = HOOK_TIMEOUT,
    continue_on_error: goOn,
    url,
    expect,
    command,
  } = written as Written;
  return {
    name,
    phase,
    type,
    timeout,
    timeoutMs: parseDuration(timeout) ?? Number.NaN,
    // A dashboard that is missing in Grafana is no reason to call an `up` failed.
    continueOnError: goOn ?? type === 'grafana-import',
    origin,
    ...(url === undefined ? {} : { url }),
    ...(expect === undefined ? {} : { expect }),
    ...(command === undefined ? {} : { command }),
  };
}

/** Those that an `up` runs: a default hook is left out where the lab runs nothing that it is for. */
export function dueHooks(config: Pick<ConfigFile, 'hooks'>, lab: Pick<Lab, 'engine' | 'stack'>): Hook[] {
  return hooksOf(config).filter((hook) => notRun(hook, lab) === null);
}

/** Why an `up` would not run it; null when it would. */
export function notRun({ type, origin }: Hook, lab: Pick<Lab, 'engine' | 'stack'>): string | null {
  // What the user has written runs, and is recorded as skipped with its reason.
  if (origin === 'file') return null;
  if (type === 'weaviate-ready') return lacks(lab, 'weaviate');
  return type === 'grafana-import' ? lacks(lab, 'grafana') : null;
}

/** SHA-256 of the argv in hex; null for a hook that runs no program. */
export function commandHash({ command }: Pick<Hook, 'command'>): string | null {
  return command === undefined ? null : createHash('sha256').update(JSON.stringify(command)).digest('hex');
}
