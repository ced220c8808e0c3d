/** The lab's hooks for everyone who asks: shown, confirmed, run by hand, and run around an `up`. Composition root. */
import type { Db } from '../../db/client.ts';
import { readSetting, writeSetting } from '../../db/queries/settings.ts';
import { hookProgram } from '../hooks/programs.ts';
import { LabError } from '../lib/errors.ts';
import { harmless } from '../lib/harmless.ts';
import type { Home } from '../lib/home.ts';
import type { Activity } from '../schemas/activity.ts';
import type { Lab } from '../schemas/lab.ts';
import type { Hook, HookConfirmInput, HookRunOutput, HookView } from '../schemas/hooks.ts';
import { loadConfig } from '../config/load.ts';
import type { Activities } from './activities.ts';
import { hookFacts } from './hook-facts.ts';
import { commandHash, dueHooks, hooksOf, notRun } from './hook-plan.ts';
import { createHookReceipts } from './hook-receipts.ts';
import { createHookRunner } from './hooks.ts';
import type { UpHooks } from './orchestrator.ts';
import type { ResolvedLab } from './resolve-lab.ts';
import type { Resource } from './resource.ts';

/** Runs shown of each hook in the list. */
const RUNS = 20;

export interface HookServiceParts {
  db: Db;
  home: Home;
  env: NodeJS.ProcessEnv;
  stacksFolder: string;
  gatewayUrl: string | null;
  activities: Activities;
  resolve(): Promise<ResolvedLab>;
  resources(lab: Lab, signal: AbortSignal): Promise<Resource[]>;
}

export interface HookService {
  list(): Promise<HookView[]>;
  get(id: string): HookRunOutput;
  /** Starts it as an activity and returns at once. */
  runNow(name: string, startedBy: string): Promise<Activity>;
  /** Lets that very command run from now on; 409 when the file says another one by now. */
  confirm(input: HookConfirmInput): Promise<void>;
  /** Throws while ai-lab.yaml has a command that nobody has confirmed: before anything is begun. */
  demandConfirmed(): void;
  /** The hooks of one `up`. Throws while a command among them is not confirmed. `remake`: the resources, read anew. */
  around(resolved: ResolvedLab, resources: readonly Resource[], remake: () => Promise<Resource[]>): AroundUp;
}

export interface AroundUp extends UpHooks {
  /** Failures that the up passed over, in words. */
  passedOver: readonly string[];
}

/** Under which a confirmed command's hash is kept. */
const key = (name: string): string => `hook-command:${name}`;

export function createHookService(parts: HookServiceParts): HookService {
  const { db, home, env, stacksFolder, gatewayUrl, activities } = parts;
  const receipts = createHookReceipts(db, home);
  const confirmed = (hook: Hook): boolean => {
    const hash = commandHash(hook);
    return hash === null || readSetting(db, key(hook.name)) === hash;
  };
  const demand = (hooks: readonly Hook[]) => {
    const open = hooks.filter((hook) => !confirmed(hook));
    if (open.length > 0) throw unconfirmed(open);
  };
  const find = async (name: string): Promise<{ hook: Hook; resolved: ResolvedLab }> => {
    const resolved = await parts.resolve();
    const hooks = hooksOf(resolved.config.values);
    const hook = hooks.find((each) => each.name === name);
    if (hook === undefined) throw noSuchHook(name, hooks);
    return { hook, resolved };
  };
  const runner = (hooks: readonly Hook[], { lab }: ResolvedLab, resources: readonly Resource[]) =>
    createHookRunner(
      hooks,
      hookProgram(hookFacts({ home, env, lab, resources, stacksFolder, gatewayUrl })),
      receipts.open,
    );

  return {
    async list() {
      const { config, lab } = await parts.resolve();
      return hooksOf(config.values).map((hook) => ({
        ...hook,
        ...(hook.url === undefined ? {} : { url: withoutLogin(hook.url) }),
        notRun: notRun(hook, lab),
        sha256: commandHash(hook),
        confirmed: confirmed(hook),
        shown: hook.command === undefined ? null : harmless(JSON.stringify(hook.command)),
        runs: receipts.list(hook.name, RUNS),
      }));
    },
    get: receipts.get,
    async runNow(name, startedBy) {
      const { hook, resolved } = await find(name);
      demand([hook]);
      return activities.start('hook', { name }, startedBy, async (run) =>
        runner([hook], resolved, await parts.resources(resolved.lab, run.signal)).one(hook, run),
      );
    },
    async confirm({ name, sha256 }) {
      const { hook } = await find(name);
      if (commandHash(hook) !== sha256) throw changedMeanwhile(name);
      writeSetting(db, key(name), sha256);
    },
    demandConfirmed: () => demand(hooksOf(loadConfig(home.config).values)),
    around(resolved, resources, remake) {
      const due = dueHooks(resolved.config.values, resolved.lab);
      demand(due);
      const { phase, passedOver } = runner(due, resolved, resources);
      return {
        passedOver,
        async before(run) {
          await phase('pre_apply', run);
          // Only a program of the user's can have changed what Compose is about to read.
          const wrote = due.some((hook) => hook.phase === 'pre_apply' && hook.type === 'command');
          return wrote ? remake() : null;
        },
        after: (run) => phase('post_apply', run),
      };
    },
  };
}

/** An address may carry a login, and nobody who looks needs it. */
function withoutLogin(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}

function unconfirmed(hooks: readonly Hook[]): LabError {
  const commands = hooks
    .map(({ name, command }) => `${name}: ${harmless(JSON.stringify(command))}`)
    .join('; ');
  return new LabError({
    code: 'hook_unconfirmed',
    message: `ai-lab.yaml asks for commands that nobody has confirmed yet: ${commands}. Nothing was started.`,
    fix: 'If they are yours, confirm them once on the Hooks page; or run `ailab-web up` in a terminal, which asks.',
    status: 409,
    details: { hooks: hooks.map(({ name }) => name) },
  });
}

function changedMeanwhile(name: string): LabError {
  return new LabError({
    code: 'hook_changed',
    message: `The command of the hook ${name} in ai-lab.yaml is another one than what you were shown.`,
    fix: 'Look at it again, then confirm it.',
    status: 409,
  });
}

function noSuchHook(name: string, hooks: readonly Hook[]): LabError {
  const names = hooks.map((hook) => hook.name).join(', ');
  return new LabError({
    code: 'hook_not_found',
    message: `There is no hook ${JSON.stringify(name)}.`,
    fix: names === '' ? 'Add one under `hooks` in ai-lab.yaml.' : `Name one of these: ${names}.`,
    status: 404,
  });
}
