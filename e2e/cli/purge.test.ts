/** `purge`: asks, takes the whole lab away, and never touches what is not ours. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { isPortFree } from '../../server/lib/ports.ts';
import { ailab } from '../support/cli.ts';
import { cleanEnvironment, requireBuild, ROOT, startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';
import { allProcesses } from '../support/processes.ts';
import { snapshotOf } from '../support/snapshot.ts';

let folder: string;
let home: string;
let model: StandIn;
let lab: Lab | undefined;
beforeAll(requireBuild);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-purge-'));
  home = join(folder, 'home');
  model = await standInModel();
});
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
  rmSync(folder, { recursive: true, force: true });
  model.remove();
});

const purge = (...args: string[]) => ailab(['purge', '--home', home, ...args], { env: model.env });
const ofThisHome = () => allProcesses().filter(({ argv }) => argv.includes(home));
const start = () => startLab({ env: model.env, config: model.config, home });

it('does nothing unless it is confirmed', async () => {
  lab = await start();
  const before = snapshotOf(home);
  const { code, stderr } = await purge();
  expect([code, stderr]).toEqual([1, expect.stringContaining('Error (not_confirmed)')]);
  expect(stderr).toMatch(/conversations, metrics, keys/);
  expect(stderr).toContain(`the dashboard that runs (pid ${lab.pid})`);
  expect(snapshotOf(home)).toEqual(before);
});

it('ends server and model, removes the home, and leaves nothing; a second time there is no lab', async () => {
  lab = await start();
  await bringUp(lab);
  const port = Number(/model: (\d+)/.exec(model.config)?.[1]);
  expect(await isPortFree(port)).toBe(false);
  const { code, stdout } = await purge('--yes');
  expect([code, stdout]).toEqual([0, `The lab is gone, and ${home} with it.\n`]);
  expect(existsSync(home)).toBe(false);
  expect(ofThisHome()).toEqual([]);
  expect(await isPortFree(port)).toBe(true);
  expect(existsSync(model.env['MODEL_PATH'] ?? '')).toBe(true);
  expect(await purge('--yes')).toMatchObject({ code: 0, stdout: `There is no lab in ${home}.\n` });
  expect(existsSync(home)).toBe(false);
});

it('leaves what is not of ailab-web, in the home and behind its links, and says so', async () => {
  await ailab(['status', '--home', home], { env: model.env });
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'ailab-2026.db'), 'mine');
  rmdirSync(join(home, 'backups'));
  symlinkSync(outside, join(home, 'backups'));
  writeFileSync(join(home, 'notes.txt'), 'mine');
  writeFileSync(join(home, 'models', 'own.gguf'), 'mine');
  symlinkSync(outside, join(home, 'models', 'pypi'));
  const { code, stdout } = await purge('--yes');
  expect(code).toBe(0);
  expect(stdout.trim().split('\n').slice(1)).toEqual(
    ['backups', 'models/own.gguf', 'notes.txt'].map((name) => `  ${join(home, name)}`),
  );
  expect(readFileSync(join(outside, 'ailab-2026.db'), 'utf8')).toBe('mine');
  expect(readdirSync(home).toSorted()).toEqual(['backups', 'models', 'notes.txt']);
  expect(readdirSync(join(home, 'models'))).toEqual(['own.gguf']);
});

it('is refused while a server runs that does not end', async () => {
  lab = await start();
  const before = snapshotOf(home).files;
  process.kill(lab.pid, 'SIGSTOP');
  try {
    const { code, stderr } = await purge('--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Error (server_running)')]);
    expect(snapshotOf(home).files).toEqual(before);
  } finally {
    process.kill(lab.pid, 'SIGCONT');
  }
});

it('is refused while another command is at work', async () => {
  model.remove();
  model = await standInModel(['--fake-load-ms=60000']);
  mkdirSync(home);
  writeFileSync(join(home, 'ai-lab.yaml'), model.config);
  const up = spawn(process.execPath, [join(ROOT, 'server/bin/ailab-web.mjs'), 'up', '--home', home], {
    env: { ...cleanEnvironment(), ...model.env },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => up.once('exit', resolve));
  try {
    for (let turn = 0; turn < 200 && ofThisHome().length < 2; turn += 1) await sleep(50);
    const { code, stderr } = await purge('--yes');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Error (busy)')]);
    expect(existsSync(join(home, 'ailab.db'))).toBe(true);
  } finally {
    up.kill('SIGINT');
    await ended;
    await purge('--yes');
  }
  expect([existsSync(home), ofThisHome()]).toEqual([false, []]);
});

it('takes away a lab whose database can not be read', async () => {
  await ailab(['status', '--home', home], { env: model.env });
  writeFileSync(join(home, 'ailab.db'), 'this is no database'.repeat(1000));
  expect((await purge('--yes')).code).toBe(0);
  expect(existsSync(home)).toBe(false);
});
