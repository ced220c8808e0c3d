import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { locateHome } from '../../server/lib/home.ts';
import { isPortFree } from '../../server/lib/ports.ts';
import { readServerFile } from '../../server/main/server-file.ts';
import { cleanEnvironment, ROOT, startLab } from '../support/lab.ts';
import { credentials, login, ownPage } from '../support/login.ts';

let home: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ailab-life-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

/** Opens the live stream of a logged-in tab, and resolves once its snapshot has come. */
async function openStream(lab: Awaited<ReturnType<typeof startLab>>): Promise<IncomingMessage> {
  const headers = {
    ...credentials(await login(lab, lab.link)),
    ...ownPage(lab),
    accept: 'text/event-stream',
  };
  return new Promise((resolve, reject) => {
    get(
      {
        host: '127.0.0.1',
        port: lab.port,
        path: '/api/trpc/live.events?input=%7B%7D',
        headers: { ...headers, host: `localhost:${lab.port}` },
      },
      (stream) => {
        let text = '';
        stream.on('error', () => undefined);
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
          if (text.includes('snapshot')) resolve(stream);
        });
      },
    ).on('error', reject);
  });
}

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms`);
    await sleep(50);
  }
}

describe('the server', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'ends within 3 s of %s with open streams, and says that the lab goes on',
    async (signal, code) => {
      const lab = await startLab({ home });
      const streams = await Promise.all([openStream(lab), openStreamAgain(lab)]);
      expect(streams).toHaveLength(2);
      const begun = performance.now();
      process.kill(lab.pid, signal);
      expect(await lab.exited).toBe(code);
      expect(performance.now() - begun).toBeLessThan(3000);
      await until(() => lab.output().includes('The dashboard has ended'), 1000);
      expect(await isPortFree(lab.port)).toBe(true);
      expect(readServerFile(locateHome(home))).toBeUndefined();
      await lab.stop();
    },
  );

  it('ends when the npm start that launched it is killed, and starts again on the same home', async () => {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const npm = npmStart();
      await until(() => readServerFile(locateHome(home)) !== undefined, 30_000);
      const server = readServerFile(locateHome(home));
      if (server === undefined) throw new Error('no server');
      npm.kill(signal);
      await until(() => isPortFree(server.port), 5000);
      await until(() => readServerFile(locateHome(home)) === undefined, 5000);
    }
  });

  it('that was killed leaves nothing that hinders the next start', async () => {
    const first = await startLab({ home });
    process.kill(first.pid, 'SIGKILL');
    await until(() => isPortFree(first.port), 3000);
    const second = await startLab({ home });
    expect((await second.api().lab.status.query()).config_valid).toBe(true);
    await first.stop();
    await second.stop();
  });
});

/** A second tab of another login; one link is good for one. */
async function openStreamAgain(lab: Awaited<ReturnType<typeof startLab>>): Promise<IncomingMessage> {
  const { url } = await lab.api().access.loginLink.mutate();
  return openStream({ ...lab, link: url });
}

function npmStart(): ChildProcess {
  const npm = spawn('npm', ['start', '--', '--no-open', '--home', home], {
    cwd: ROOT,
    env: { ...cleanEnvironment(), PATH: process.env['PATH'] },
    stdio: 'ignore',
  });
  children.push(npm);
  return npm;
}
