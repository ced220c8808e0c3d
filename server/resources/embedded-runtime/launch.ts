/** Starts the supervisor, detached from us, and waits until the model server's port answers or it has failed. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../../lib/errors.ts';
import { homeError } from '../../lib/home.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import { childEnv } from './child-env.ts';
import { readRecord, type RuntimeRecord } from './record.ts';
import { supervisorMark, type StartRequest } from './request.ts';
import type { Slot } from './slot.ts';
import { asLabError, troubleOf } from './trouble.ts';

const POLL_MS = 30;
/** From the supervisor's start to the first answer of the port, the model not loaded yet. */
const ANSWER_MS = 60_000;

export interface LaunchOptions {
  slot: Slot;
  env: NodeJS.ProcessEnv;
  nodePath: string;
  supervisorEntry: string;
  signal: AbortSignal;
}

/** Resolves with the supervisor's identity as soon as it was spawned. */
export async function spawnSupervisor(
  request: StartRequest,
  options: LaunchOptions,
): Promise<ProcessIdentity> {
  const { slot } = options;
  const log = openLogFile(slot);
  try {
    const child = spawn(options.nodePath, [options.supervisorEntry, supervisorMark(slot)], {
      cwd: slot.root,
      env: childEnv(options.env),
      detached: true,
      windowsHide: true,
      stdio: ['pipe', log, log],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (cause) => reject(notStarted(options, cause.message)));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(request));
    child.unref();
    const identity = identityOf(child.pid ?? 0);
    if (identity === undefined) throw notStarted(options, supervisorWords(slot));
    return identity;
  } finally {
    closeSync(log);
  }
}

/** Resolves when the port answers anything (503 while loading, too); throws a LabError when it never will. */
export async function untilAnswering(
  supervisor: ProcessIdentity,
  request: StartRequest,
  options: LaunchOptions,
): Promise<void> {
  const deadline = performance.now() + ANSWER_MS;
  for (;;) {
    options.signal.throwIfAborted();
    const gone = !isAlive(supervisor);
    const record = ownRecord(options.slot, supervisor);
    if (record?.state === 'failed' || record?.state === 'exited') {
      const trouble = troubleOf(record, { supervisor: true, child: false }, options.slot);
      if (trouble !== null) throw asLabError(trouble);
    }
    if (gone) throw notStarted(options, supervisorWords(options.slot));
    if (record?.state === 'healthy' || (record !== null && (await answers(request.facts.port)))) return;
    if (performance.now() > deadline)
      throw notStarted(options, `its port was silent for ${ANSWER_MS / 1000} s`);
    await sleep(POLL_MS, undefined, { signal: options.signal });
  }
}

function ownRecord(slot: Slot, supervisor: ProcessIdentity): RuntimeRecord | null {
  const reading = readRecord(slot.record);
  return reading.kind === 'record' && reading.record.supervisor.pid === supervisor.pid
    ? reading.record
    : null;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const poll = get(
      { host: '127.0.0.1', port, path: '/health', agent: false, timeout: 1000 },
      (response) => {
        response.resume();
        resolve(true);
      },
    );
    poll.once('timeout', () => poll.destroy());
    poll.once('error', () => resolve(false));
  });
}

function openLogFile(slot: Slot): number {
  try {
    return openSync(slot.supervisorLog, 'w', 0o600);
  } catch (error) {
    throw homeError(slot.root, error);
  }
}

function supervisorWords(slot: Slot): string {
  try {
    return readFileSync(slot.supervisorLog, 'utf8').trim().slice(-1200);
  } catch {
    return 'it left no word';
  }
}

function notStarted(options: LaunchOptions, why: string): LabError {
  return new LabError({
    code: 'supervisor_failed',
    message: `The supervisor of the model server could not do its work: ${why === '' ? 'it left no word' : why}.`,
    fix: `Look at ${options.slot.supervisorLog}, and check that ${options.nodePath} and ${options.supervisorEntry} are there.`,
  });
}
