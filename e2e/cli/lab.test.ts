import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labStatus, type LabStatus, type StatusItem } from '../../server/schemas/lab.ts';
import { ailab } from '../support/cli.ts';
import { requireBuild } from '../support/lab.ts';
import { seededHome, STARTER_ID, type SeededHome } from '../support/seed.ts';

const GREETING = /\b(hello|hi|hey|welcome|greetings)\b/i;
const KEYS = [
  'config_path',
  'lock_path',
  'config_exists',
  'config_valid',
  'lock_exists',
  'project',
  'engine',
  'profile',
  'summary',
  'managed_items',
  'missing_items',
  'untracked_items',
  'degraded_items',
];

let seeded: SeededHome;
beforeAll(async () => {
  requireBuild();
  seeded = await seededHome();
}, 180_000);
afterAll(() => seeded.remove());

const run = (...args: string[]) => ailab([...args, '--home', seeded.home]);

async function status(): Promise<LabStatus> {
  const { code, stdout } = await run('status', '-o', 'json');
  expect(code).toBe(0);
  return labStatus.strict().parse(JSON.parse(stdout));
}

const processOf = (lab: LabStatus): StatusItem | undefined =>
  [...lab.managed_items, ...lab.missing_items].find(({ domain }) => domain === 'process');

async function until(holds: (lab: LabStatus) => boolean, withinMs: number): Promise<LabStatus> {
  const end = performance.now() + withinMs;
  for (;;) {
    const lab = await status();
    if (holds(lab)) return lab;
    if (performance.now() > end)
      throw new Error(`not within ${withinMs} ms: ${JSON.stringify(processOf(lab))}`);
  }
}

describe('the lab on the command line', () => {
  it('comes up to a model that answers', async () => {
    const up = await run('up', '--engine', 'embedded');
    expect(up).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The model answered; the first token took \d+ ms\.\n$/),
    });
    expect(up.stderr).toMatch(/Wait for the first token: done/);
  });

  it('greets in English at temperature 0, streamed through the gateway, and metered', async () => {
    const { code, stdout } = await run('chat', 'Hello', '--temperature', '0');
    expect([code, stdout]).toEqual([0, expect.stringMatching(GREETING)]);
  });

  it('shows weights, runtime package and process as managed, with exactly the keys of the contract', async () => {
    const { stdout } = await run('status', '-o', 'json');
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(KEYS);
    const lab = await status();
    expect(lab.managed_items.map(({ domain, name, state }) => [domain, name, state])).toEqual([
      ['weights', STARTER_ID, 'managed'],
      ['package', 'node-llama-cpp', 'managed'],
      ['process', 'embedded-runtime', 'managed'],
    ]);
    expect(processOf(lab)).toMatchObject({
      health: 'healthy',
      meta: { port: seeded.modelPort, restarts: 0 },
    });
    expect([lab.missing_items, lab.untracked_items, lab.degraded_items]).toEqual([[], [], []]);
  });

  it('says the same in YAML and as a table', async () => {
    expect((await run('status', '-o', 'yaml')).stdout).toContain('total_managed: 3');
    expect((await run('status')).stdout).toMatch(/process +embedded-runtime +managed +healthy/);
  });

  it('does nothing when there is nothing to do', async () => {
    const before = processOf(await status())?.meta['pid'];
    expect((await run('up')).stdout).toMatch(/^Nothing had to be done\./);
    expect(processOf(await status())?.meta['pid']).toBe(before);
  });

  it('notices a kill -9 of the runtime within 2 s, says why, and brings it back', async () => {
    const pid = processOf(await status())?.meta['pid'];
    if (typeof pid !== 'number') throw new Error('no pid');
    process.kill(pid, 'SIGKILL');
    await until((lab) => processOf(lab)?.health !== 'healthy' || processOf(lab)?.meta['pid'] !== pid, 2000);
    const back = await until((lab) => processOf(lab)?.health === 'healthy', 20_000);
    expect(processOf(back)?.meta).toMatchObject({ restarts: 1, last_exit: 'killed by SIGKILL' });
  });

  it('names drift by field, and up applies it', async () => {
    const drifted = await ailab(['status', '-o', 'json', '--home', seeded.home], {
      env: { AILAB_CONTEXT_SIZE: '1024' },
    });
    expect(processOf(labStatus.parse(JSON.parse(drifted.stdout)))?.drift).toEqual(['context_size']);
    const up = await ailab(['up', '--home', seeded.home], { env: { AILAB_CONTEXT_SIZE: '1024' } });
    expect(up.stderr).toContain('Restart embedded-runtime (context_size)');
    expect(processOf(await status())?.meta['context_size']).toBe(1024);
  });

  it('goes down: the process is missing, weights and package stay', async () => {
    expect((await run('down')).code).toBe(0);
    const lab = await status();
    expect(processOf(lab)?.state).toBe('missing');
    expect(lab.managed_items.map(({ domain }) => domain)).toEqual(['weights', 'package']);
    expect((await run('down')).stdout).toBe('Nothing was running.\n');
  });

  it('says so when nothing answers', async () => {
    expect(await run('chat', 'Hello')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('No model is running'),
    });
  });
});
