/** The viewers as a process of their own: they must not make the bench itself late. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import * as z from 'zod';
import { readServerFile } from '../../server/main/server-file.ts';
import { locateHome } from '../../server/lib/home.ts';
import type { Lab } from '../support/lab.ts';

const waits = z.object({
  messages: z.number(),
  /** Milliseconds; null without a message. */
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});
export type Waits = z.infer<typeof waits>;

export interface Viewers {
  /** From now on each message counts. */
  go(): void;
  end(): Promise<Waits>;
}

export interface Watched {
  port: number;
  path: string;
  bearer: string;
  /** Paths that each viewer asks for as well, and how often. */
  polled?: { paths: string[]; everyMs: number };
}

export const LIVE = '/api/trpc/live.events';

export function dashboardOf(lab: Lab): Watched {
  return { port: lab.port, path: LIVE, bearer: readServerFile(locateHome(lab.home))?.cliSecret ?? '' };
}

/** Resolves when every one of them has its snapshot. */
export function openViewers({ port, path, bearer, polled }: Watched, count: number): Promise<Viewers> {
  const more = polled === undefined ? [] : [polled.paths.join(','), String(polled.everyMs)];
  const program = join(import.meta.dirname, 'relays', 'viewers.mjs');
  const child = spawn(process.execPath, [program, String(port), path, String(count), bearer, ...more], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the viewers ended with ${code}`));
    child.once('exit', ended);
    child.stdout.once('data', () => {
      child.off('exit', ended);
      resolve({
        go: () => child.stdin.write('go\n'),
        end: () =>
          new Promise((told) => {
            let text = '';
            child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
            child.once('close', () => told(waits.parse(JSON.parse(text))));
            child.kill('SIGTERM');
          }),
      });
    });
  });
}
