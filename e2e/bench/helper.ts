/** A program beside the bench: started, waited for, ended with it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWERS_WITHIN_MS = 20_000;
const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface Helper {
  pid: number;
  stop(): Promise<void>;
}

/** Does not wait until it answers. */
export function startHelper(
  program: string,
  args: string[],
  env: Record<string, string | undefined> = {},
): Helper {
  const child = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, ...env, NODE_ENV: 'production' },
  });
  alive.add(child);
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      alive.delete(child);
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(hard);
    },
  };
}

/** The first time that it answers with `status`, or with any where none is named. */
export async function untilAnswers(url: string, status?: number, everyMs = 20): Promise<void> {
  const until = performance.now() + ANSWERS_WITHIN_MS;
  while (performance.now() < until) {
    const found = await statusOf(url);
    if (found !== 0 && (status === undefined || found === status)) return;
    await sleep(everyMs);
  }
  throw new Error(`${url} did not answer within ${ANSWERS_WITHIN_MS / 1000} s`);
}

/** A connection to it can be made. */
export async function untilListens(port: number): Promise<void> {
  const until = performance.now() + ANSWERS_WITHIN_MS;
  while (performance.now() < until) {
    if (await listens(port)) return;
    await sleep(20);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const call = request(url, { agent: false }, (reply) => {
      reply.resume();
      resolve(reply.statusCode ?? 0);
    });
    call.once('error', () => resolve(0));
    call.end();
  });
}
