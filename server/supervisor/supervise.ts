/** The supervisor's one loop: start the model server, watch it, start it again with backoff, or give up. */
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ownIdentity } from '../lib/process-identity.ts';
import { childEnv } from '../resources/embedded-runtime/child-env.ts';
import { writePrivateFile } from '../lib/private-file.ts';
import { START_MARK, type StartRequest, type WorkerConfig } from '../resources/embedded-runtime/request.ts';
import type { Slot } from '../resources/embedded-runtime/slot.ts';
import { createBackoff } from './backoff.ts';
import { startChild, type Child, type Exit } from './child.ts';
import { commandFor } from './command.ts';
import { exitReason } from './exit-reason.ts';
import { createHealthRule, pollHealth } from './health.ts';
import { openLog, tellingWords } from './log-file.ts';
import { readMemory, type MemoryReading } from './memory-evidence.ts';
import { keepRecord } from './record-keeper.ts';

const POLL_STARTING_MS = 100;
const POLL_MS = 500;
const TERM_PATIENCE_MS = 5000;

export interface Supervision {
  ended: Promise<'stopped' | 'failed'>;
  /** Ends the child (SIGTERM, SIGKILL after 5 s) and then the supervision. */
  stop(): void;
}

interface Life {
  exit: Exit;
  /** How long it had been healthy; null when it never was. */
  healthyMs: number | null;
  before: MemoryReading | undefined;
  after: MemoryReading | undefined;
}

export function supervise(request: StartRequest, slot: Slot): Supervision {
  const apiKey = randomBytes(32).toString('hex');
  const log = openLog(slot.log);
  const command = commandFor(request, slot.keyFile, process.execPath);
  const stopping = new AbortController();
  let child: Child | undefined;
  const keeper = keepRecord(slot.record, {
    ...request.facts,
    format: 1,
    supervisor: ownIdentity(),
    child: null,
    state: 'starting',
    since: Date.now(),
    startedAt: Date.now(),
    apiKey,
    restarts: 0,
    lastExit: null,
    restartAt: null,
  });

  async function live(): Promise<Life> {
    const before = readMemory();
    let after = before;
    log.write(`${new Date().toISOString()} I ${START_MARK}\n`);
    log.forget();
    child = startChild(command, {
      cwd: slot.root,
      env: childEnv(process.env),
      log,
      ...(request.launch.kind === 'node-llama-cpp' ? { message: workerConfig(request, apiKey) } : {}),
    });
    keeper.enter('starting', { child: child.identity ?? null, startedAt: Date.now(), restartAt: null });
    if (stopping.signal.aborted) endChild();
    let healthySince: number | null = null;
    const over = new AbortController();
    const watching = (async () => {
      const rule = createHealthRule();
      while (!over.signal.aborted) {
        const health = rule.polled(await pollHealth(request.facts.port));
        if (over.signal.aborted) return;
        after = lower(after, readMemory());
        if (health === 'healthy') healthySince ??= performance.now();
        if (health !== keeper.record.state) keeper.enter(health);
        keeper.repair();
        // The home was deleted under us: nobody can reach this runtime any more.
        if (!existsSync(slot.root)) stop();
        await pause(health === 'starting' ? POLL_STARTING_MS : POLL_MS, over.signal);
      }
    })();
    const exit = await child.exited;
    over.abort();
    await watching;
    const healthyMs = healthySince === null ? null : performance.now() - healthySince;
    return { exit, healthyMs, before, after: lower(after, readMemory()) };
  }

  async function run(): Promise<'stopped' | 'failed'> {
    writePrivateFile(slot.keyFile, `${apiKey}\n`);
    const backoff = createBackoff();
    let everHealthy = false;
    for (;;) {
      const life = await live();
      if (stopping.signal.aborted) break;
      everHealthy ||= life.healthyMs !== null;
      const why = exitReason({ ...life.exit, ...life, words: log.tail() });
      const lastExit = { ...why, words: tellingWords(log.tail()), at: Date.now() };
      // A server that never came up would only say the same again, seconds later.
      const step = everHealthy ? backoff.ended(performance.now(), life.healthyMs ?? 0) : undefined;
      if (step === undefined || step.kind === 'giveUp') {
        keeper.enter('failed', { child: null, lastExit });
        return 'failed';
      }
      keeper.enter('exited', { child: null, lastExit, restartAt: Date.now() + step.delayMs });
      await pause(step.delayMs, stopping.signal);
      if (stopping.signal.aborted) break;
      keeper.set({ restarts: keeper.record.restarts + 1 });
    }
    keeper.enter('stopped', { child: null, restartAt: null });
    return 'stopped';
  }

  function endChild(): void {
    child?.kill('SIGTERM');
    setTimeout(() => child?.kill('SIGKILL'), TERM_PATIENCE_MS).unref();
  }

  function stop(): void {
    if (stopping.signal.aborted) return;
    stopping.abort();
    endChild();
  }

  const ended = run().finally(() => rmSync(slot.keyFile, { force: true }));
  return { ended, stop };
}

function workerConfig({ facts, launch, role }: StartRequest, apiKey: string): WorkerConfig {
  const prefix = launch.kind === 'node-llama-cpp' ? launch.prefix : '';
  const { weightsPath, modelName, contextSize, threads, profile, port } = facts;
  return { prefix, weightsPath, modelName, contextSize, threads, profile, port, apiKey, role };
}

/** The lowest memory seen, with the newest kill count. */
function lower(seen: MemoryReading | undefined, now: MemoryReading | undefined): MemoryReading | undefined {
  if (seen === undefined || now === undefined) return now ?? seen;
  return { ...now, availableBytes: Math.min(seen.availableBytes, now.availableBytes) };
}

/** Sleeps, or wakes at the signal; never throws. */
async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}
