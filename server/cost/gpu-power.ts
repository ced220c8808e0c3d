/**
 * Energy of the NVIDIA GPUs: `power.draw` in watts, sampled while requests run and a little longer, summed over the GPUs
 * and over time by the trapezoidal rule. What nobody measured is unknown, not nothing.
 */
import { exec, lastWords } from '../lib/exec.ts';
import { errnoOf } from '../lib/errors.ts';
import type { EnergyCounter } from './rapl.ts';

/** Watts of all GPUs together, or why they can't be told. */
export type PowerReading = { watts: number } | { watts: null; why: string };

/** Fields of nvidia-smi 535 to 580 (`nvidia-smi --help-query-gpu`). */
const QUERY = ['--query-gpu=power.draw', '--format=csv,noheader,nounits'];
const ANSWER_MS = 3000;

export async function readGpuPower(env: NodeJS.ProcessEnv, answerMs = ANSWER_MS): Promise<PowerReading> {
  const signal = AbortSignal.timeout(answerMs);
  try {
    const result = await exec('nvidia-smi', QUERY, { env, signal });
    if (result.code === 0) return parsePower(result.stdout);
    return { watts: null, why: `nvidia-smi failed: ${lastWords(result, 1)}` };
  } catch (error) {
    if (signal.aborted) return { watts: null, why: `nvidia-smi gave no answer within ${answerMs / 1000} s` };
    if (errnoOf(error) === 'ENOENT') return { watts: null, why: 'no nvidia-smi is on the PATH' };
    return { watts: null, why: `nvidia-smi can't be run (${errnoOf(error) ?? String(error)})` };
  }
}

/** One line per GPU: `35.12`, or `[N/A]`, `[Not Supported]`, `[Unknown Error]` from one that does not tell. */
export function parsePower(text: string): PowerReading {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  if (lines.length === 0) return { watts: null, why: 'nvidia-smi names no GPU' };
  let watts = 0;
  for (const [index, line] of lines.entries()) {
    const power = /^\d+(?:\.\d+)?$/.test(line) ? Number(line) : Number.NaN;
    // A sum without one of them would be too small.
    if (!Number.isFinite(power)) return { watts: null, why: `GPU ${index} does not tell its power` };
    watts += power;
  }
  return { watts };
}

const EVERY_MS = 1000;
/** Requests often follow each other: the next one then begins with a sample that is there. */
const LINGER_MS = 10_000;

export interface GpuPowerOptions {
  query(): Promise<PowerReading>;
  everyMs?: number;
  lingerMs?: number;
  /** Milliseconds. */
  now?(): number;
}

/** `read` is null where a sample failed in the life of a request that still runs, and before the first sample. */
export function createGpuPower(options: GpuPowerOptions): EnergyCounter & { why(): string | null } {
  const { query, everyMs = EVERY_MS, lingerMs = LINGER_MS, now = () => performance.now() } = options;
  let users = 0;
  let joules = 0;
  /** The last sample of this series; without watts, the beginning of the series. */
  let last: { at: number; watts: number | null } | null = null;
  let failed = false;
  let fresh = false;
  let why: string | null = 'the GPU is asked with the next request';
  let idleSince = 0;

  const sample = async (): Promise<void> => {
    const reading = await query();
    if (last === null) return;
    const at = now();
    if (reading.watts === null) {
      why = reading.why;
      failed = true;
      last = { at, watts: null };
    } else {
      why = null;
      const before = last.watts ?? reading.watts;
      joules += ((before + reading.watts) / 2) * ((at - last.at) / 1000);
      last = { at, watts: reading.watts };
    }
  };

  const run = async (): Promise<void> => {
    await sample();
    if (users === 0 && now() - idleSince >= lingerMs) {
      last = null;
      return;
    }
    setTimeout(() => void run(), everyMs).unref();
  };

  return {
    why: () => why,
    watch() {
      users += 1;
      if (users === 1) failed = false;
      if (users === 1 && (last === null || last.watts === null)) {
        const asleep = last === null;
        last = { at: now(), watts: null };
        fresh = true;
        if (asleep) void run();
      }
      return () => {
        users -= 1;
        idleSince = now();
      };
    },
    read() {
      const isStart = fresh;
      fresh = false;
      if (failed || last === null) return null;
      // What a request begins with needs no sample; what it ends with does.
      if (last.watts === null) return isStart ? joules : null;
      return joules + last.watts * ((now() - last.at) / 1000);
    },
  };
}
