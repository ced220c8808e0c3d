import { spawn } from 'node:child_process';
import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logLine } from '../../server/schemas/logs.ts';
import { ailab } from '../support/cli.ts';
import { cleanEnvironment, requireBuild, ROOT, startLab } from '../support/lab.ts';
import { seededHome, type SeededHome } from '../support/seed.ts';

let seeded: SeededHome;
let log: string;
beforeAll(async () => {
  requireBuild();
  seeded = await seededHome();
  log = join(seeded.home, 'logs', 'runtime.log');
  expect(await run('up')).toMatchObject({ code: 0 });
}, 180_000);
afterAll(() => seeded.remove());

const run = (...args: string[]) => ailab([...args, '--home', seeded.home]);

/** `logs -f` as a terminal runs it, until Ctrl-C. */
function followed(...args: string[]) {
  const bin = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
  const child = spawn(process.execPath, [bin, 'logs', '-f', ...args, '--home', seeded.home], {
    env: cleanEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    async shows(text: string): Promise<void> {
      const end = performance.now() + 10_000;
      while (!stdout.includes(text)) {
        if (performance.now() > end) throw new Error(`'${text}' did not come: ${stdout}${stderr}`);
        await sleep(50);
      }
    },
    async interrupt() {
      child.kill('SIGINT');
      return { code: await code, stdout, stderr };
    },
  };
}

async function proveFollowing(mark: string): Promise<void> {
  appendFileSync(log, `${mark} before\n`);
  const tail = followed('model', '--tail', '1');
  await tail.shows(`${mark} before`);
  appendFileSync(log, `\u001b]0;owned\u0007${mark} \u001b[31mred\u001b[0m\n`);
  await tail.shows(`${mark} red`);
  renameSync(log, `${log}.1`);
  appendFileSync(log, `${mark} in the next file\n`);
  await tail.shows(`${mark} in the next file`);
  expect(await tail.interrupt()).toEqual({
    code: 130,
    stdout: `${mark} before\n${mark} red\n${mark} in the next file\n`,
    stderr: '',
  });
}

describe('ailab-web logs', () => {
  it('shows what the runtime has written, with its times', async () => {
    const { code, stdout } = await run('logs', 'model');
    expect(code).toBe(0);
    expect(stdout.trim()).not.toBe('');
    const json = await run('logs', 'model', '-o', 'json', '--tail', '1');
    expect(logLine.strict().parse(JSON.parse(json.stdout))).toMatchObject({ service: 'model' });
  });

  it('without a service shows all, with their names', async () => {
    expect((await run('logs')).stdout).toMatch(/^model {7}\S/m);
  });

  it('follows new lines over a rotation, harmless, until Ctrl-C', () => proveFollowing('alone'));

  it('does the same through a running server', async () => {
    const lab = await startLab({ home: seeded.home });
    try {
      await proveFollowing('served');
      expect(await run('logs', 'nope')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/supervisor/),
      });
    } finally {
      await lab.stop();
    }
  });

  it('names the services there are when one is unknown, whatever is asked for', async () => {
    for (const name of ['nope', '../ai-lab.yaml', '__proto__'])
      expect(await run('logs', name)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('Name one of these: model, supervisor.'),
      });
  });

  it('refuses a wrong number and a wrong format as wrong usage', async () => {
    for (const args of [
      ['--tail', '5001'],
      ['--tail', '1.5'],
      ['-o', 'yaml'],
    ])
      expect(await run('logs', ...args)).toMatchObject({ code: 2, stdout: '' });
  });
});
