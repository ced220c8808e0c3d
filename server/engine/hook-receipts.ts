/** Receipts of hook runs: written when a run begins and when it ends; its output is readable all the while. */
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Db } from '../../db/client.ts';
import { findActivity } from '../../db/queries/activities.ts';
import {
  findHookRun,
  insertHookRun,
  listHookRuns,
  pruneHookRuns,
  runningHookRuns,
  updateHookRun,
} from '../../db/queries/hook-runs.ts';
import { captureOutput, FILE_MAX_BYTES, outputFile, type HookOutput } from '../hooks/output.ts';
import { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { newId } from '../lib/id.ts';
import { hookRun, hookRunOutput, type Hook, type HookRun, type HookRunOutput } from '../schemas/hooks.ts';
import type { Receipt } from './hooks.ts';

/** Receipts kept of each hook. */
const KEPT = 50;

export interface HookReceipts {
  open(hook: Hook, activityId: string): Receipt;
  /** Newest first. */
  list(name: string, limit: number): HookRun[];
  get(id: string): HookRunOutput;
}

export function createHookReceipts(db: Db, home: Home): HookReceipts {
  const folder = join(home.logs, 'hooks');
  const live = new Map<string, HookOutput>();
  markInterrupted(db);

  return {
    open(hook, activityId) {
      const id = newId();
      const { name, phase, type } = hook;
      const output = captureOutput(folder, id);
      live.set(id, output);
      insertHookRun(db, {
        id,
        activityId,
        phase,
        name,
        type,
        state: 'running',
        startedAt: Date.now(),
        endedAt: null,
        exitCode: null,
        output: '',
        error: null,
      });
      return {
        id,
        write: output.write,
        end(state, exitCode, error) {
          output.end(state === 'failed');
          live.delete(id);
          updateHookRun(db, id, { state, exitCode, error, endedAt: Date.now(), output: output.text() });
          for (const gone of pruneHookRuns(db, name, KEPT)) rmSync(outputFile(folder, gone), { force: true });
        },
      };
    },
    list: (name, limit) => hookRun.array().parse(listHookRuns(db, name, limit)),
    get(id) {
      const row = findHookRun(db, id);
      if (row === undefined) throw noSuchRun(id);
      const path = outputFile(folder, id);
      const kept = row.state === 'failed' && existsSync(path);
      return hookRunOutput.parse({
        ...row,
        output: live.get(id)?.text() ?? row.output,
        file: kept ? fileFacts(path) : null,
      });
    },
  };
}

function fileFacts(path: string): HookRunOutput['file'] {
  const { size: bytes } = statSync(path);
  return { path, bytes, whole: bytes <= FILE_MAX_BYTES };
}

/** Those whose activity has ended without them: their process was killed. */
function markInterrupted(db: Db): void {
  for (const { id, activityId } of runningHookRuns(db)) {
    if (activityId !== null && findActivity(db, activityId)?.state === 'running') continue;
    updateHookRun(db, id, { state: 'interrupted', endedAt: Date.now() });
  }
}

function noSuchRun(id: string): LabError {
  return new LabError({
    code: 'hook_run_not_found',
    message: `There is no hook run ${id}.`,
    fix: `The last ${KEPT} runs of each hook are kept: see the Hooks page or \`ailab-web hooks\`.`,
    status: 404,
  });
}
