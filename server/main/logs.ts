/** `ailab-web logs`: the lines of one service, or of all with their names in front. */
import { once } from 'node:events';
import { errnoOf, isLabError, LabError, reportError } from '../lib/errors.ts';
import type { LogLine } from '../schemas/logs.ts';
import type { LabClient } from './lab-client.ts';

export interface LogsOptions {
  service: string | undefined;
  follow: boolean;
  tail: number;
  /** `json`: one object a line, as they come. */
  format: 'table' | 'json';
  signal: AbortSignal;
  /** Data; resolves when the reader of it has room again. */
  write: (text: string) => Promise<void>;
  say: (text: string) => void;
}

/** Returns when there is nothing more to tell, or with the signal. Unknown names are refused, with those there are. */
export async function logs(client: LabClient, options: LogsOptions): Promise<void> {
  const { service, tail, follow, signal } = options;
  const services = service === undefined ? await client.services() : [service];
  const width = service === undefined ? Math.max(...services.map((name) => name.length)) : 0;
  const show = async (lines: LogLine[]) => {
    if (lines.length > 0)
      await options.write(lines.map((line) => `${format(line, options.format, width)}\n`).join(''));
  };
  let told = 0;
  const read = async (name: string, take: (lines: LogLine[]) => Promise<void>) => {
    try {
      for await (const lines of client.logs({ service: name, tail, follow }, signal)) {
        told += lines.length;
        await take(lines);
      }
    } catch (error) {
      // Of all services, one that does not run hides nothing of the others.
      if (service !== undefined || !isLabError(error) || error.code !== 'service_not_running') throw error;
      options.say(`${reportError(error).message}\n`);
    }
  };
  if (follow) {
    await Promise.all(services.map((name) => read(name, show)));
    return;
  }
  const found = await Promise.all(
    services.map(async (name) => {
      const lines: LogLine[] = [];
      await read(name, async (more) => void lines.push(...more));
      return lines;
    }),
  );
  await show(inOrder(found));
  if (told === 0 && tail > 0 && !signal.aborted) options.say(nothingYet(service));
}

/** By time; a line that tells none stays behind the one before it. */
export function inOrder(found: LogLine[][]): LogLine[] {
  return found
    .flatMap((lines) => {
      let last = '';
      return lines.map((line) => ({ line, at: (last = line.time ?? last) }));
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ line }) => line);
}

function format(line: LogLine, format: 'table' | 'json', width: number): string {
  if (format === 'json') return JSON.stringify(line);
  const name = width === 0 ? '' : `${line.service.padEnd(width)}  `;
  return `${name}${line.time === null ? '' : `${line.time} `}${line.text}`;
}

function nothingYet(service: string | undefined): string {
  const who =
    service === undefined ? 'No service has written anything' : `The service ${service} has written nothing`;
  return `${who} yet. \`ailab-web up\` starts the lab.\n`;
}

export function logFormat(text: string): 'table' | 'json' {
  if (text === 'table' || text === 'json') return text;
  throw new LabError({
    code: 'usage',
    message: `There is no output format '${text}' for logs.`,
    fix: 'Use -o table, or -o json for one JSON object a line.',
    status: 400,
  });
}

/** Writes to stdout no faster than it is read; whoever reads it no longer (`| head`) ends the command in peace. */
export function stdoutUntil(abort: AbortController): (text: string) => Promise<void> {
  process.stdout.on('error', (error) => {
    if (errnoOf(error) !== 'EPIPE') throw error;
    abort.abort();
  });
  return async (text) => {
    if (process.stdout.write(text) || abort.signal.aborted) return;
    await once(process.stdout, 'drain', { signal: abort.signal }).catch(() => undefined);
  };
}
