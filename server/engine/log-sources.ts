/** Where a lab's services write, on either engine, as lines of one shape. Part of the composition root. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isLabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { tailFile } from '../lib/tail-file.ts';
import { readLogs } from '../resources/compose-stack/logs.ts';
import { harmless } from '../lib/harmless.ts';
import type { LogLine, LogsInput } from '../schemas/logs.ts';

/** The embedded engine's services, and the files in the home's `logs` that they write. */
export const LOG_FILES = {
  model: 'runtime.log',
  supervisor: 'supervisor.log',
  embeddings: 'embeddings.log',
  'embeddings-supervisor': 'embeddings-supervisor.log',
} as const;

export function isLogFile(service: string): service is keyof typeof LOG_FILES {
  return Object.hasOwn(LOG_FILES, service);
}

export async function* fileLines(
  home: Home,
  { service, tail, follow }: LogsInput & { service: keyof typeof LOG_FILES },
  signal: AbortSignal,
): AsyncGenerator<LogLine> {
  const file = join(home.logs, LOG_FILES[service]);
  const pieces = tailFile({ file, predecessor: `${file}.1`, lines: tail, follow, signal });
  for await (const lines of pieces) for (const line of lines) yield fileLine(service, line);
}

const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s;

/** Our own programs begin a line with its time; llama-server tells only how long it has been running. */
export function fileLine(service: string, line: string): LogLine {
  const [, stamp, words] = STAMPED.exec(line) ?? [];
  const at = stamp === undefined ? Number.NaN : Date.parse(stamp);
  const known = !Number.isNaN(at);
  return {
    time: known ? new Date(at).toISOString() : null,
    service,
    stream: 'both',
    text: harmless(known ? (words ?? '') : line),
  };
}

export interface ContainerLogs {
  home: Home;
  env: NodeJS.ProcessEnv;
  input: LogsInput;
  signal: AbortSignal;
}

/** After a container has ended: its next life may come, and its lines are then asked for again. */
const NEXT_LIFE_MS = 1000;
const ASKED_AGAIN = 1000;

type ReadLogs = (
  options: Parameters<typeof readLogs>[0],
) => AsyncIterable<{ stream: 'stdout' | 'stderr'; at: number | null; text: string }>;

/**
 * A container's lines; when followed, those of its next lives too. Throws `service_not_running` when there is no
 * container at the start.
 */
export async function* containerLines(
  { home, env, input, signal }: ContainerLogs,
  read: ReadLogs = readLogs,
  pause: (signal: AbortSignal) => Promise<unknown> = (until) =>
    sleep(NEXT_LIFE_MS, undefined, { signal: until }),
): AsyncGenerator<LogLine> {
  const { service, follow } = input;
  const told = createMemory();
  for (let life = 0; ; life += 1) {
    const tail = life === 0 ? input.tail : ASKED_AGAIN;
    try {
      const isNew = life === 0 ? undefined : told.compare();
      for await (const { stream, at, text } of read({ home, env, service, tail, follow, signal })) {
        if (isNew?.(at) === false) continue;
        told.add(at);
        yield { time: at === null ? null : new Date(at).toISOString(), service, stream, text };
      }
    } catch (error) {
      // A container that is being replaced is away for a moment.
      const away = life > 0 && isLabError(error) && error.code === 'service_not_running';
      if (!away && !signal.aborted) throw error;
    }
    if (!follow || signal.aborted) return;
    await pause(signal).catch(() => undefined);
    if (signal.aborted) return;
  }
}

/** Knows the last line that was told by its time, and how many had the same time. */
function createMemory() {
  let last = Number.NEGATIVE_INFINITY;
  let same = 0;
  return {
    add(at: number | null): void {
      if (at === null || at < last) return;
      same = at === last ? same + 1 : 1;
      last = at;
    },
    /** For one more reading of the same log: tells the lines that have not been told. */
    compare(): (at: number | null) => boolean {
      let skip = same;
      const until = last;
      return (at) => {
        if (at === null) return true;
        if (at !== until) return at > until;
        skip -= 1;
        return skip < 0;
      };
    },
  };
}
