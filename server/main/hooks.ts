/** `ailab-web hooks`: what it prints, and the question about commands that nobody has confirmed yet. */
import { isLabError, LabError } from '../lib/errors.ts';
import { formatDuration } from '../schemas/format.ts';
import type { HookRun, HookRunOutput, HookView } from '../schemas/hooks.ts';
import { say } from './act.ts';
import { confirm } from './confirm.ts';
import type { LabClient } from './lab-client.ts';
import { columns } from './print.ts';

/**
 * Starts something that runs hooks. Where a command was never confirmed, it is shown and asked about (`yes`: shown and
 * taken), then started again. `only`: the one hook that is wanted.
 */
export async function onceConfirmed<T>(
  { hooks }: LabClient,
  yes: boolean,
  start: () => Promise<T>,
  only?: string,
): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!isLabError(error) || error.code !== 'hook_unconfirmed') throw error;
  }
  const open = (await hooks.list()).filter((hook) => !hook.confirmed && (only ?? hook.name) === hook.name);
  for (const { name, shown } of open) say(`The hook ${name} in ai-lab.yaml runs: ${shown}\n`);
  if (!yes)
    await confirm(open.length === 1 ? 'Let it run from now on?' : 'Let them run from now on?', '--yes');
  for (const { name, sha256 } of open) if (sha256 !== null) await hooks.confirm({ name, sha256 });
  return start();
}

export function hooksTable(hooks: readonly HookView[]): string {
  if (hooks.length === 0) return 'There are no hooks. Add some under `hooks` in ai-lab.yaml.';
  const rows = hooks.map((hook) => [
    hook.phase,
    hook.name,
    hook.type,
    hook.timeout,
    hook.notRun !== null
      ? `not run: ${hook.notRun}`
      : hook.confirmed
        ? lastWords(hook.runs[0])
        : 'not confirmed',
  ]);
  return columns(['PHASE', 'NAME', 'TYPE', 'TIMEOUT', 'LAST RUN'], rows).join('\n');
}

function lastWords(run: HookRun | undefined): string {
  return run === undefined ? 'never' : `${run.state} ${new Date(run.startedAt).toISOString()}`;
}

export interface ShownHook {
  hook: HookView;
  last: HookRunOutput | null;
}

export async function readHook({ hooks }: LabClient, name: string): Promise<ShownHook> {
  const list = await hooks.list();
  const hook = list.find((each) => each.name === name);
  if (hook === undefined) {
    const names = list.map((each) => each.name).join(', ');
    throw new LabError({
      code: 'hook_not_found',
      message: `There is no hook ${JSON.stringify(name)}.`,
      fix: names === '' ? 'Add one under `hooks` in ai-lab.yaml.' : `Name one of these: ${names}.`,
      status: 404,
    });
  }
  const [newest] = hook.runs;
  return { hook, last: newest === undefined ? null : await hooks.get(newest.id) };
}

export function hookText({ hook, last }: ShownHook): string {
  const { phase, name, type, timeout, continueOnError, url, expect, shown, notRun, runs } = hook;
  const lines = [
    `${name} (${type}), ${phase}, timeout ${timeout}${continueOnError ? ', continue on error' : ''}`,
    ...(url === undefined ? [] : [`asks ${url}${expect === undefined ? '' : ` and expects ${expect}`}`]),
    ...(shown === null ? [] : [`runs ${shown}${hook.confirmed ? '' : ' (not confirmed yet)'}`]),
    ...(notRun === null ? [] : [`not run: ${notRun}`]),
  ];
  if (last === null) return [...lines, 'It has never run.'].join('\n');
  const rows = runs.map((run) => [
    new Date(run.startedAt).toISOString(),
    run.state,
    run.endedAt === null ? '' : formatDuration(run.endedAt - run.startedAt),
    run.exitCode === null ? '' : String(run.exitCode),
    run.error?.message ?? '',
  ]);
  const where =
    last.file === null ? '' : `${last.file.whole ? 'All of it' : 'The beginning of it'}: ${last.file.path}\n`;
  const output = last.output === '' ? 'The last run wrote nothing.' : `The last run wrote:\n${last.output}`;
  return [
    ...lines,
    '',
    ...columns(['STARTED', 'STATE', 'TOOK', 'EXIT', 'WHY'], rows),
    '',
    `${where}${output}`,
  ].join('\n');
}
