/** The environment of a command hook: what every program needs, and the lab's facts. Tokens of the user stay out. */
import type { Hook } from '../schemas/hooks.ts';
import type { HookFacts } from './facts.ts';

const NAMES = new Set(
  `PATH HOME USER LOGNAME SHELL LANG TZ TMPDIR TEMP TMP XDG_RUNTIME_DIR
   SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE APPDATA LOCALAPPDATA PROGRAMDATA
   DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_CERT_PATH DOCKER_TLS_VERIFY`.split(/\s+/),
);

export function commandEnv(hook: Hook, { environment, variables }: HookFacts): NodeJS.ProcessEnv {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && (NAMES.has(name.toUpperCase()) || name.startsWith('LC_'))) kept[name] = value;
  }
  const facts = { ...variables, AILAB_HOOK: hook.name, AILAB_HOOK_PHASE: hook.phase };
  // Node's type demands a NODE_ENV, which is nobody's business but ours.
  return { ...kept, ...facts } as unknown as NodeJS.ProcessEnv;
}
