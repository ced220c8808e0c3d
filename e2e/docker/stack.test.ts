/** The stack on a real engine: real llama-server with the starter model, real Prometheus. Never a mock of Docker. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  grafanaInDoubt,
  healGrafanaPassword,
} from '../../server/resources/compose-stack/grafana-password.ts';
import { readLogs } from '../../server/resources/compose-stack/logs.ts';
import { removeStackVolumes } from '../../server/resources/compose-stack/resource.ts';
import { readSecrets } from '../../server/resources/compose-stack/secrets.ts';
import { createStackUsage } from '../../server/resources/compose-stack/usage.ts';
import { record, startRecord } from '../security/record.ts';
import { Violation } from '../support/violation.ts';
import {
  askGrpc,
  proveConfined,
  proveModelIsJailed,
  provePortsAreClosed,
  STACK_CUTS,
  weakenedStacks,
} from './containment.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages, type TestImages } from './harness/images.ts';
import { run } from './harness/run.ts';
import { starterWeights } from './harness/weights.ts';
import { changedStackTests } from './stack-changed.ts';
import { failingStackTests, lostDockerTests } from './stack-failing.ts';
import { openTestLab, STACKS, until, type TestLab } from './stack-lab.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const signal = new AbortController().signal;
const FILE = 'e2e/docker/stack.test.ts';
const ALL = ['weaviate', 'prometheus', 'grafana'] as const;

describe.skipIf(found.kind === 'none')(`the stack on a real engine${reason}`, () => {
  let engine: TestEngine;
  let images: TestImages;
  let weights: string;
  let a: TestLab;

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    startRecord(FILE);
    [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
    a = await openTestLab(engine, images, weights, ALL);
  });
  afterAll(async () => {
    await a?.close();
    await engine?.stop();
  });

  const at = () => ({ engine, images, weights, a });
  const idOf = async (service: string) => String((await a.item(service)).meta['container']);
  const running = () => a.watch.view().containers.filter(({ State }) => State.Status === 'running');
  const secrets = () => {
    const known = readSecrets(a.home);
    if (known === null) throw new Error('there are no secrets');
    return known;
  };

  it('comes up to a sensible answer (Weaviate and Grafana: stand-ins)', async () => {
    const outcome = await a.up();
    expect(outcome.changed).toBe(4);
    const endpoint = a.watch.endpoint();
    const reply = await fetch(`${endpoint?.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint?.apiKey}` },
      body: JSON.stringify({
        messages: [{ role: 'user', content: 'Hello' }],
        max_tokens: 30,
        temperature: 0,
      }),
    });
    expect(await reply.json()).toMatchObject({
      model: 'starter',
      choices: [{ message: { content: /[a-z]{3}/i } }],
    });
  });

  it('tells the same as `docker compose ps`, all managed and healthy, nothing drifted', async () => {
    const items = await until(
      60_000,
      () => a.status(),
      (list) => list.every(({ health }) => health === 'healthy'),
    );
    expect(items.map(({ name, state, drift, error }) => [name, state, drift, error])).toEqual(
      ['model', ...ALL].map((name) => [name, 'managed', undefined, undefined]),
    );
    const text = await engine.docker('compose', '-p', a.home.project, 'ps', '-a', '--format', 'json');
    const listed = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const told = items.map(({ name, health, meta }) => [name, meta['container'], 'running', health]);
    expect(listed.map(({ Service, ID, State, Health }) => [Service, ID, State, Health]).toSorted()).toEqual(
      told.toSorted(),
    );
  });

  it('Prometheus sees all its targets, with its password only', async () => {
    const url = `http://127.0.0.1:${a.lab.stack.ports.prometheus}/api/v1/query?query=up`;
    const authorization = `Basic ${Buffer.from(`ailab:${secrets().prometheusPassword}`).toString('base64')}`;
    const body = await until(
      40_000,
      async () =>
        (await (await fetch(url, { headers: { authorization } })).json()) as {
          data: { result: { metric: { job: string }; value: [number, string] }[] };
        },
      ({ data }) => data.result.filter(({ value }) => value[1] === '1').length === 4,
    );
    expect(body.data.result.map(({ metric }) => metric.job).toSorted()).toEqual([
      'grafana',
      'model',
      'prometheus',
      'weaviate',
    ]);
  });

  it('T20: no published port gives a foreign page anything (Weaviate and Grafana: stand-ins)', async () => {
    await provePortsAreClosed(a);
    const key = { authorization: `Bearer ${secrets().weaviateKey}` };
    expect(await askGrpc(a.lab.stack.ports.weaviate_grpc, key)).not.toBe('16');
  });

  it('T18: runs the containers as locked up as the stack file says', () => proveConfined(engine, a));

  it('T19: who takes over the model server is locked up with it', () => proveModelIsJailed(engine, a));

  it('T18 to T20 bite: without its lines in the stack file each of these proofs fails', async () => {
    const cuts = Object.values(STACK_CUTS).flat();
    const stacks = weakenedStacks(cuts);
    const weak = await openTestLab(engine, images, weights, ['weaviate'], stacks);
    try {
      await weak.up();
      const proofs = [
        ['T18', /SYS_ADMIN/, () => proveConfined(engine, weak)],
        ['T19', /can write \/x/, () => proveModelIsJailed(engine, weak)],
        ['T20', /\/v1\/models answers 200/, () => provePortsAreClosed(weak)],
      ] as const;
      for (const [id, wanted, prove] of proofs) {
        const finding = await prove().then(
          () => 'nothing',
          (error: unknown) => error,
        );
        const bites = finding instanceof Violation;
        const words = bites ? finding.message : String(finding);
        record({
          id: `${id}.stack`,
          describe: 'the same on a real engine',
          test: id,
          file: FILE,
          bites,
          finding: words,
        });
        expect(bites, words).toBe(true);
        expect(words).toMatch(wanted);
      }
    } finally {
      await weak.close();
      rmSync(dirname(stacks), { recursive: true, force: true });
    }
  });

  it('has nothing to do a second time', async () => {
    const before = running().map(({ Id, State }) => [Id, State.StartedAt]);
    expect((await a.up()).changed).toBe(0);
    await a.watch.refresh();
    expect(running().map(({ Id, State }) => [Id, State.StartedAt])).toEqual(before);
  });

  it('is shown and left alone when the lab has chosen another engine', async () => {
    const before = running().map(({ Id, State }) => [Id, State.StartedAt]);
    const items = await a.status({ engine: 'embedded' });
    expect(items.map(({ name, state, health }) => [name, state, health])).toEqual(
      ['model', 'weaviate', 'prometheus', 'grafana'].map((name) => [name, 'untracked', 'healthy']),
    );
    expect(await a.down({ engine: 'embedded' })).toBe(0);
    await a.watch.refresh();
    expect(running().map(({ Id, State }) => [Id, State.StartedAt])).toEqual(before);
  });

  changedStackTests(at);

  it('measures what each service uses', async () => {
    const usage = createStackUsage(a.home, a.env);
    const first = await usage(signal);
    expect(first.map(({ name }) => name).toSorted()).toEqual(['grafana', 'model', 'prometheus', 'weaviate']);
    expect(first.every(({ cores }) => cores === null)).toBe(true);
    await sleep(1000);
    const model = (await usage(signal)).find(({ name }) => name === 'model');
    expect(model?.cores).toBeLessThan(4);
    // The weights are mapped: what of them the kernel could take back does not count.
    expect(model?.memoryBytes).toBeGreaterThan(10 * 1024 ** 2);
    // The kernel counts in pages.
    const limit = Number((await a.item('model')).meta['memory_limit']);
    expect(limit - (model?.memoryLimitBytes ?? 0)).toBeLessThan(4096);
  });

  it('says since when, on which ports, and of which image each service is', async () => {
    for (const item of await a.status()) {
      const [inspected] = JSON.parse(await engine.docker('inspect', String(item.meta['container']))) as [
        { Image: string; State: { StartedAt: string }; RestartCount: number },
      ];
      expect(item.meta).toMatchObject({
        started_at: Date.parse(inspected.State.StartedAt),
        ended_at: null,
        restarts: inspected.RestartCount,
        exit_code: null,
        exit_reason: null,
        port: a.lab.stack.ports[item.name as keyof typeof a.lab.stack.ports],
      });
      // Test images come from no registry, but another test may have pushed one to its own.
      const text = await engine.docker('image', 'inspect', inspected.Image);
      const [{ RepoDigests }] = JSON.parse(text) as [{ RepoDigests: string[] }];
      const digests = RepoDigests.map((name) => name.split('@')[1]);
      const { image_digest: digest, image_digest_is_local_id: local } = item.meta;
      expect(local === true ? [inspected.Image] : digests).toContain(digest);
      if (digests.length === 0) expect(local).toBe(true);
    }
  });

  it('says when and why a service ended, with its exit code', async () => {
    const id = await idOf('weaviate');
    await engine.docker('update', '--restart', 'no', id);
    await engine.docker('kill', '--signal', 'KILL', id);
    const ended = await until(
      5000,
      () => a.item('weaviate'),
      ({ health }) => health === 'exited',
    );
    expect(ended.meta).toMatchObject({
      exit_code: 137,
      exit_reason: 'ended by SIGKILL (exit code 137)',
      ended_at: expect.any(Number),
    });
    expect(ended.drift).toEqual(['restart']);
    expect((await a.up()).changed).toBe(1);
    expect((await a.item('weaviate')).meta['exit_code']).toBeNull();
  });

  it('is valid for plain Compose with the variables it leaves in the home: nothing to change', async () => {
    const compose = [
      'compose',
      '--env-file',
      join(a.home.root, 'stack/stack.env'),
      '-p',
      a.home.project,
      '-f',
      join(STACKS, 'stack.yml'),
    ];
    const before = running()
      .map(({ Id }) => Id)
      .toSorted();
    await run('docker', [...compose, 'up', '-d'], { env: engine.env });
    await a.watch.refresh();
    expect(
      running()
        .map(({ Id }) => Id)
        .toSorted(),
    ).toEqual(before);
  });

  it('shows a paused model as unhealthy within 2 s', async () => {
    await engine.docker('pause', await idOf('model'));
    try {
      await until(
        2000,
        () => a.watch.endpoint()?.health,
        (health) => health === 'unhealthy',
      );
      expect((await a.item('model')).error).toMatch(/paused/);
    } finally {
      await engine.docker('unpause', await idOf('model'));
    }
    await until(
      20_000,
      () => a.watch.endpoint()?.health,
      (health) => health === 'healthy',
    );
  });

  it('reads the logs of one service, with times', async () => {
    const lines = [];
    for await (const line of readLogs({
      home: a.home,
      env: a.env,
      service: 'model',
      tail: 500,
      follow: false,
      signal,
    }))
      lines.push(line);
    const listening = lines.find(({ text }) => text.includes('listening on'));
    expect(listening?.at).toBeGreaterThan(Date.now() - 600_000);
  });

  it('heals a Grafana whose volume outlived its home, as part of up (stand-in)', async () => {
    const login = async () => {
      const basic = Buffer.from(`admin:${secrets().grafanaPassword}`).toString('base64');
      const url = `http://localhost:${a.lab.stack.ports.grafana}/api/org`;
      return (await fetch(url, { headers: { authorization: `Basic ${basic}` } })).status;
    };
    const title = 'Check the password of Grafana';
    // The volume was new: there was nothing to doubt, and no `up` has waited for Grafana.
    expect([grafanaInDoubt(a.home), a.said.includes(title)]).toEqual([false, false]);
    expect(await login()).toBe(200);
    const file = join(a.home.root, 'stack/secrets.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(secrets().grafanaPassword, 'x'.repeat(43)));
    expect((await a.item('grafana')).drift).toEqual(['configuration']);
    expect([grafanaInDoubt(a.home), await login()]).toEqual([true, 401]);
    await a.up();
    expect(a.said.at(-1)).toMatch(/held the password of an earlier home; it has the one of this home now/);
    expect([grafanaInDoubt(a.home), await login()]).toEqual([false, 200]);
    const before = a.said.length;
    await a.up();
    expect(a.said.slice(before)).not.toContain(title);
  });

  it('a Grafana password that can not be replaced is a named error, and the lab stays up (stand-in)', async () => {
    const healing = healGrafanaPassword(a.home, a.env, signal, { login: async () => 401 });
    await expect(healing).rejects.toMatchObject({
      code: 'grafana_password_stale',
      message: expect.stringContaining('The lab is up all the same'),
    });
    expect(running()).toHaveLength(4);
  });

  it('stops before the first container when a port is taken, and names who holds it', async () => {
    const b = await openTestLab(engine, images, weights, []);
    const server = createServer().listen(b.lab.stack.ports.model, '127.0.0.1');
    try {
      await expect(b.up()).rejects.toMatchObject({
        code: 'port_in_use',
        message: expect.stringMatching(/\(pid \d+\)/),
      });
      await expect(b.up({ stack: { ...b.lab.stack, ports: a.lab.stack.ports } })).rejects.toThrow(
        /container .*model-1 of the Compose project ai-lab-/,
      );
      expect(
        await engine.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${b.home.project}`),
      ).toBe('');
    } finally {
      server.close();
      await b.close();
    }
  });

  failingStackTests(at);

  it('keeps two homes on one engine apart, with their volumes and networks', async () => {
    const b = await openTestLab(engine, images, weights, ['prometheus']);
    const ofA = async () => {
      const label = `label=com.docker.compose.project=${a.home.project}`;
      const list = (...args: string[]) => engine.docker(...args, '--filter', label);
      return [
        await list('ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Names}}'),
        await list('volume', 'ls', '-q'),
        await list('network', 'ls', '-q'),
      ];
    };
    try {
      const before = await ofA();
      expect((await b.up()).changed).toBe(2);
      expect((await b.status()).map(({ name, state }) => [name, state])).toEqual([
        ['model', 'managed'],
        ['prometheus', 'managed'],
      ]);
      expect((await a.status()).map(({ state }) => state)).toEqual(Array(4).fill('managed'));
      expect(await b.down()).toBe(2);
      expect(await removeStackVolumes(b.home, b.env, signal)).toHaveLength(1);
      expect(await ofA()).toEqual(before);
      expect((await a.up()).changed).toBe(0);
    } finally {
      await b.close();
    }
  });

  it('shows a stranger with our label as untracked, and down leaves it and the volumes', async () => {
    const label = `com.docker.compose.project=${a.home.project}`;
    const id = await engine.docker(
      'run',
      '-d',
      '--label',
      label,
      '--entrypoint',
      'sleep',
      images.prometheus.ref,
      '600',
    );
    const item = (await a.status()).find(({ state }) => state === 'untracked');
    expect(item?.meta['container']).toBe(id.slice(0, 12));
    expect((await a.up()).changed).toBe(0);
    expect(await a.down()).toBe(4);
    expect((await engine.docker('ps', '-aq', '--filter', `label=${label}`)).trim()).toBe(id.slice(0, 12));
    expect(
      (await engine.docker('volume', 'ls', '-q', '--filter', `label=${label}`)).trim().split('\n'),
    ).toHaveLength(3);
    await engine.docker('rm', '-f', id.trim());
    expect(await removeStackVolumes(a.home, a.env, signal)).toHaveLength(3);
  });

  lostDockerTests(at, found.kind === 'private');
});
