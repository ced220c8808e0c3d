/** Why the model server ended, in words. "Out of memory" is said only with evidence, and the evidence is named. */
import type { MemoryReading } from './memory-evidence.ts';

export interface ExitFacts {
  code: number | null;
  signal: string | null;
  /** Set when the program could not be started at all. */
  spawnError?: string;
  /** The end of what it wrote. */
  words: string;
  /** Memory when it was started, and the lowest reading since with the newest kill count. */
  before: MemoryReading | undefined;
  after: MemoryReading | undefined;
}

export interface ExitReason {
  reason: string;
  outOfMemory: boolean;
}

const ALLOCATION_FAILED =
  /failed to allocate|bad_alloc|insufficientmemory|not enough (free )?(memory|v?ram)|cannot allocate memory|out of memory/i;
/** Below this share of available memory a SIGKILL is taken for the kernel's. */
const SCARCE = 0.03;

export function exitReason(facts: ExitFacts): ExitReason {
  if (facts.spawnError !== undefined)
    return { reason: `could not be started: ${facts.spawnError}`, outOfMemory: false };
  const how = facts.signal === null ? `exit code ${facts.code ?? 'unknown'}` : `killed by ${facts.signal}`;
  const evidence = outOfMemory(facts);
  return evidence === undefined
    ? { reason: how, outOfMemory: false }
    : { reason: `${how}, ${evidence}`, outOfMemory: true };
}

function outOfMemory({ signal, words, before, after }: ExitFacts): string | undefined {
  if (signal === 'SIGKILL') {
    if ((after?.oomKills ?? 0) > (before?.oomKills ?? Number.POSITIVE_INFINITY))
      return 'probably out of memory: the kernel ended a process for lack of memory meanwhile';
    if (after !== undefined && after.availableBytes < after.totalBytes * SCARCE)
      return `probably out of memory: only ${megabytes(after.availableBytes)} of ${megabytes(after.totalBytes)} were available`;
    return undefined;
  }
  const line = words.split('\n').find((text) => ALLOCATION_FAILED.test(text));
  return line === undefined ? undefined : `out of memory by its own words: ${line.trim().slice(0, 200)}`;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}
