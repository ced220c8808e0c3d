/** The plan of the built product on a real Docker engine. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { anyFreePort } from '../../server/lib/ports.ts';
import { labPlan, type LabPlan } from '../../server/schemas/plan.ts';
import { ailab } from '../support/cli.ts';
import { ask } from '../support/http.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { credentials, login, ownPage, type Login } from '../support/login.ts';
import { queryPath } from '../support/procedures.ts';
import { startListingRegistry } from '../support/registry.ts';
import { snapshotOf } from '../support/snapshot.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages, type TestImages } from './harness/images.ts';
import { run } from './harness/run.ts';
import { starterWeights } from './harness/weights.ts';
import { STACKS } from './stack-lab.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const SERVICES = ['model', 'weaviate', 'prometheus', 'grafana'];

describe.skipIf(found.kind === 'none')(
  `the plan on a real engine (Weaviate and Grafana: stand-ins)${reason}`,
  () => {
    let engine: TestEngine;
    let images: TestImages;
    let weights: string;
    let lab: Lab;
    let user: Login;
    let env: Record<string, string>;
    const ports = { model: 0, weaviate: 0, weaviate_grpc: 0, prometheus: 0, grafana: 0 };

    const configWith = (more: Record<string, string> = {}, model: object = { model_path: weights }) => {
      const refs = Object.entries(images).map(([service, { ref }]) => [service, ref]);
      return stringify({
        ...model,
        context_size: 512,
        ports,
        images: { ...Object.fromEntries(refs), ...more },
      });
    };

    beforeAll(async () => {
      if (found.kind === 'none') return;
      engine = found;
      [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
      for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await anyFreePort();
      env = { ...engine.env, AILAB_ENGINE: 'docker' };
      lab = await startLab({ env, config: configWith() });
      user = await login(lab, lab.link);
    });
    afterAll(async () => {
      if (lab !== undefined) await ailab(['down', '--volumes', '--yes', '--home', lab.home], { env });
      await lab?.stop();
      await engine?.stop();
    });

    async function planned(...args: string[]): Promise<{ code: number | null; plan: LabPlan }> {
      const { code, stdout, stderr } = await ailab(['plan', '-o', 'json', '--home', lab.home, ...args], {
        env,
      });
      if (stdout === '') throw new Error(stderr);
      return { code, plan: labPlan.strict().parse(JSON.parse(stdout)) };
    }

    async function inBrowser(input: object): Promise<LabPlan> {
      const headers = { ...credentials(user), ...ownPage(lab) };
      const { body } = await ask(lab.port, { path: queryPath('lab.plan', input), headers });
      return labPlan.parse((JSON.parse(body) as { result: { data: unknown } }).result.data);
    }

    const lasting = ({ disks, memory, ...rest }: LabPlan) => ({
      ...rest,
      disks: disks.map(({ of, path, needBytes }) => ({ of, path, needBytes })),
      memory: memory?.verdict,
    });

    /** All that Docker holds, whosever it is, and all of the lab's home. */
    async function everything(): Promise<unknown> {
      const lists = [
        ['ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.State}}'],
        ['images', '-a', '--no-trunc', '-q'],
        ['volume', 'ls', '-q'],
        ['network', 'ls', '--no-trunc', '-q'],
      ];
      const docker = [];
      for (const list of lists) docker.push((await engine.docker(...list)).split('\n').toSorted());
      return { docker, ...snapshotOf(lab.home) };
    }

    const settled = async () => {
      for (let turn = 0; turn < 300; turn += 1) {
        const { plan } = await planned();
        if (plan.items.every(({ domain, health }) => domain !== 'service' || health === 'healthy')) return;
        await sleep(200);
      }
      throw new Error('the services did not become healthy');
    };

    const actions = (plan: LabPlan) =>
      plan.items.filter(({ domain }) => domain === 'service').map(({ name, action }) => [name, action]);

    it('before the first up: all is created, nothing downloaded, and not even a cache is written', async () => {
      const before = await everything();
      const { code, plan } = await planned();
      expect(await everything()).toEqual(before);
      expect(plan.problems).toEqual([]);
      expect(code).toBe(0);
      expect(plan).toMatchObject({
        engine: 'docker',
        changes: 4,
        downloads: [],
        memory: { verdict: 'fits', message: expect.stringContaining('at a context of 512 tokens') },
        hooks: [
          { phase: 'pre_apply', name: 'weaviate-ready', type: 'weaviate-ready' },
          { phase: 'post_apply', name: 'grafana-import', type: 'grafana-import' },
        ],
      });
      expect(actions(plan)).toEqual(SERVICES.map((name) => [name, 'create']));
      expect(plan.ports.map(({ port, state }) => [port, state]).toSorted()).toEqual(
        Object.values(ports)
          .map((port) => [port, 'free'])
          .toSorted(),
      );
    });

    it('of missing images it tells the bytes that the registry lists, less the layers that are here', async () => {
      const text = await engine.docker('image', 'inspect', images.prometheus.ref);
      const [{ RootFS }] = JSON.parse(text) as [{ RootFS: { Layers: string[] } }];
      const here = RootFS.Layers[0] ?? '';
      const registry = await startListingRegistry({
        sizes: [1000, 2345],
        diffIds: [here, `sha256:${'b'.repeat(64)}`],
      });
      const nobody = `127.0.0.1:${await anyFreePort()}/lab/x:1`;
      writeFileSync(join(lab.home, 'ai-lab.yaml'), configWith({ prometheus: registry.ref, grafana: nobody }));
      try {
        const before = await everything();
        const { plan } = await planned();
        expect(plan.downloads).toMatchObject([
          { kind: 'image', name: registry.ref, for: ['prometheus'], bytes: 2345, wholeBytes: 3345 },
          {
            name: nobody,
            bytes: null,
            wholeBytes: null,
            note: expect.stringContaining('can not be reached'),
          },
        ]);
        expect(plan.download).toMatchObject({ knownBytes: 2345, unknown: 1 });
        expect(registry.asked.filter((path) => path.includes('blobs'))).toHaveLength(1);
        expect(await everything()).toEqual(before);
      } finally {
        registry.close();
        writeFileSync(join(lab.home, 'ai-lab.yaml'), configWith());
      }
    });

    it('on a lab that runs there is nothing to do', async () => {
      expect((await ailab(['up', '--home', lab.home], { env })).code).toBe(0);
      await settled();
      const { code, plan } = await planned();
      expect([code, plan.changes, plan.downloads]).toEqual([0, 0, []]);
      expect(new Set(plan.ports.map(({ state }) => state))).toEqual(new Set(['ours']));
      const table = await ailab(['plan', '--home', lab.home], { env });
      expect(table.stdout).toMatch(/^Nothing to do: 4 services healthy\.$/m);
    });

    it('after drift it names field and variable, never the value; the same in CLI and browser', async () => {
      const { project } = await lab.api().lab.status.query();
      const compose = ['compose', '--env-file', join(lab.home, 'stack/stack.env'), '-p', project];
      await run(
        'docker',
        [...compose, '-f', join(STACKS, 'stack.yml'), 'up', '-d', '--no-deps', 'weaviate'],
        {
          env: { ...engine.env, AILAB_GOMEMLIMIT_WEAVIATE: '123MiB' },
        },
      );
      await engine.docker('rm', '-f', `${project}-prometheus-1`);
      const before = await everything();
      const { code, plan } = await planned();
      expect(code).toBe(0);
      expect(actions(plan)).toEqual([
        ['model', 'keep'],
        ['weaviate', 'recreate'],
        ['prometheus', 'create'],
        ['grafana', 'keep'],
      ]);
      expect(plan.items.find(({ name }) => name === 'weaviate')?.fields).toEqual([
        { name: 'environment', asked: null, found: null, detail: 'GOMEMLIMIT' },
      ]);
      expect(JSON.stringify(plan)).not.toContain('123MiB');
      const seen = await inBrowser({ starter: false });
      const health = ({ items, ...rest }: ReturnType<typeof lasting>) => ({
        ...rest,
        items: items.map((item) => ({ ...item, health: null })),
      });
      expect(health(lasting(seen))).toEqual(health(lasting(plan)));
      expect(await everything()).toEqual(before);
      let activity = await lab.api().lab.up.mutate({ starter: false, plan: seen.sha256 });
      while (activity.state === 'running') {
        await sleep(200);
        activity = await lab.api().activity.get.query({ id: activity.id });
      }
      expect([activity.state, (await planned()).plan.changes]).toEqual(['done', 0]);
    });

    it('with the starter from an empty home it can be applied, and is', async () => {
      await ailab(['down', '--home', lab.home], { env });
      writeFileSync(join(lab.home, 'ai-lab.yaml'), configWith({}, {}));
      expect((await planned()).plan.problems.map((problem) => problem.code)).toEqual(['weights_none']);
      const { code, plan } = await planned('--starter');
      expect(plan.problems).toEqual([]);
      expect(code).toBe(0);
      expect(plan.downloads.map(({ kind }) => kind)).toEqual(['weights']);
      const up = await ailab(['up', '--starter', '--home', lab.home], { env });
      expect([up.code, up.stderr]).toEqual([0, expect.stringContaining('first token: done')]);
      const after = await planned();
      expect([after.plan.changes, after.plan.download.rate]).toEqual([0, expect.any(Number)]);
    });
  },
);
