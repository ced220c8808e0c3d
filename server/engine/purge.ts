/** Takes a whole lab away: what runs, its volumes, and all that ailab-web made in the home. Composition root. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ownEntries, removeOwnEntries } from '../lib/home-contents.ts';
import { LabError, isLabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { createEmbeddedRuntime } from '../resources/embedded-runtime/resource.ts';
import { hadStack, removeStack, stackRest, type StackRest } from '../resources/compose-stack/remove-all.ts';
import { createEngine, type RunningEngine } from './engine.ts';
import type { Run } from './orchestrator.ts';
import type { Program } from './resources.ts';

export interface PurgeParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
}

export interface PurgeView {
  /** Paths that will be deleted; empty where there is no lab. */
  entries: string[];
  stack: StackRest;
}

const LOOK_MS = 15_000;
const NO_STACK: StackRest = { containers: 0, volumes: [] };

/** What a purge would take. Throws where Docker can't be asked about a stack that this home has had. */
export async function lookAtPurge({ home, env }: PurgeParts): Promise<PurgeView> {
  const entries = ownEntries(home);
  const stack = hadStack(home) ? await stackRest(home, env, AbortSignal.timeout(LOOK_MS)) : NO_STACK;
  return { entries, stack };
}

/** Returns the paths that stay in the home because they are not ours. Throws `busy` while something else is at work. */
export async function purge(parts: PurgeParts): Promise<string[]> {
  const engine = openEngine(parts);
  try {
    if (engine === undefined) await removeLab(parts, new AbortController().signal);
    else await asActivity(engine, (run) => removeLab(parts, run.signal));
  } finally {
    await engine?.close();
  }
  return removeOwnEntries(parts.home);
}

/** A database that can't be read is one more reason to purge: then there is no activity to record. */
function openEngine(parts: PurgeParts): RunningEngine | undefined {
  try {
    return createEngine(parts);
  } catch (error) {
    if (isLabError(error) && ['database_corrupt', 'database_newer'].includes(error.code)) return undefined;
    throw error;
  }
}

/** As an activity it has the lab for itself. */
async function asActivity({ parts }: RunningEngine, work: (run: Run) => Promise<void>): Promise<void> {
  const { id } = parts.activities.start('down', { purge: true }, 'cli', async (run) => {
    await work(run);
    return 'The lab is purged.';
  });
  const { error } = await parts.activities.ended(id);
  if (error !== null) throw new LabError(error);
}

async function removeLab({ home, env, program }: PurgeParts, signal: AbortSignal): Promise<void> {
  const { supervisorEntry, workerEntry, nodePath } = program;
  const runtime = createEmbeddedRuntime({ home, env, supervisorEntry, workerEntry, nodePath });
  for (const item of await runtime.actual(signal))
    await runtime.apply({ kind: 'remove', item }, { signal, report: () => undefined });
  if (hadStack(home)) await removeStack(home, env, signal);
}

const END_WITHIN_MS = 10_000;

/** Ends the home's server; throws `server_running` when it can't or won't. */
export async function endServer(pid: number, isGone: () => boolean): Promise<void> {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!isGone()) throw stillRuns(pid, error);
  }
  const end = performance.now() + END_WITHIN_MS;
  while (!isGone()) {
    if (performance.now() > end) throw stillRuns(pid);
    await sleep(50);
  }
}

function stillRuns(pid: number, cause?: unknown): LabError {
  return new LabError({
    code: 'server_running',
    message: `The dashboard of this home (pid ${pid}) runs and could not be ended. Nothing was removed.`,
    fix: 'End it in its terminal with Ctrl-C, then run `ailab-web purge` again.',
    status: 409,
    cause,
  });
}
