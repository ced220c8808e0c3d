/** The built-in hooks of the built product on a real Docker engine, and the dashboard's queries in a real Prometheus. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { anyFreePort } from '../../server/lib/ports.ts';
import type { Activity } from '../../server/schemas/activity.ts';
import { ROOT, startLab, type Lab } from '../support/lab.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const DASHBOARD = join(ROOT, 'stacks', 'dashboards', 'lab.json');

describe.skipIf(found.kind === 'none')(
  `hooks on a real engine (Weaviate and Grafana: stand-ins)${reason}`,
  () => {
    let engine: TestEngine;
    let lab: Lab;
    let config: Record<string, unknown>;
    const ports = { model: 0, weaviate: 0, weaviate_grpc: 0, prometheus: 0, grafana: 0 };

    beforeAll(async () => {
      if (found.kind === 'none') return;
      engine = found;
      const [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
      for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await anyFreePort();
      config = {
        model_path: weights,
        context_size: 512,
        ports,
        images: Object.fromEntries(Object.entries(images).map(([service, { ref }]) => [service, ref])),
      };
      lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config: stringify(config) });
    });
    afterAll(async () => {
      if (lab !== undefined) {
        await ended(await lab.api().lab.down.mutate({ volumes: true })).catch(() => undefined);
        await lab.stop();
      }
      await engine?.stop();
    });

    async function ended(started: Activity): Promise<Activity> {
      let activity = started;
      while (activity.state === 'running') {
        await sleep(100);
        activity = await lab.api().activity.get.query({ id: activity.id });
      }
      return activity;
    }
    const up = async () => ended(await lab.api().lab.up.mutate({ starter: false }));
    const hooksOf = ({ steps }: Activity) =>
      steps.flatMap(({ hookRun, state }) => (hookRun === undefined ? [] : [`${hookRun.name} ${state}`]));
    const outputOf = async ({ steps }: Activity, name: string) => {
      const id = steps.find(({ hookRun }) => hookRun?.name === name)?.hookRun?.id ?? '';
      return (await lab.api().hooks.get.query({ id })).output;
    };
    const service = async (name: string) => {
      const { managed_items } = await lab.api().lab.status.query();
      return managed_items.find((item) => item.domain === 'service' && item.name === name);
    };
    const container = async (name: string) => String((await service(name))?.meta['container']);
    const dashboards = async () => {
      const reply = await fetch(`http://localhost:${ports.grafana}/api/search`);
      return (await reply.json()) as { uid: string; title: string }[];
    };

    it('the first up: Weaviate does not run yet, and the dashboard is imported', async () => {
      const first = await up();
      expect(first).toMatchObject({ state: 'done' });
      expect(hooksOf(first)).toEqual(['weaviate-ready skipped', 'grafana-import done']);
      expect(await outputOf(first, 'weaviate-ready')).toBe('skipped: not running yet\n');
      expect(await outputOf(first, 'grafana-import')).toContain('"AI Lab" is imported (/apis/');
      expect(await dashboards()).toEqual([expect.objectContaining({ uid: 'ailab-lab', title: 'AI Lab' })]);
    });

    it('the next up asks Weaviate, and leaves the dashboard as it is', async () => {
      const again = await up();
      expect(hooksOf(again)).toEqual(['weaviate-ready done', 'grafana-import done']);
      expect(again.outcome).toMatch(/^Nothing had to be done\./);
      expect(await outputOf(again, 'grafana-import')).toContain('"AI Lab" is there already');
    });

    it('every query of the dashboard is one that Prometheus understands', async () => {
      const password = readFileSync(join(lab.home, 'stack/files/prometheus/password'), 'utf8').trim();
      const { panels } = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
        panels: { title: string; targets?: { expr: string }[] }[];
      };
      const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
      expect(queries.length).toBeGreaterThan(20);
      for (const query of queries) {
        const expr = query.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h');
        const reply = await fetch(
          `http://localhost:${ports.prometheus}/api/v1/query?query=${encodeURIComponent(expr)}`,
          { headers: { authorization: `Basic ${btoa(`ailab:${password}`)}` } },
        );
        expect([query, reply.status, await reply.text()]).toEqual([
          query,
          200,
          expect.stringContaining('success'),
        ]);
      }
    });

    it('a sick Weaviate stops the up: nothing is changed, and it is said why', async () => {
      const before = await container('prometheus');
      await engine.docker('rm', '-f', before);
      await engine.docker('pause', await container('weaviate'));
      const stopped = await up();
      expect(stopped).toMatchObject({
        state: 'failed',
        error: {
          code: 'weaviate_sick',
          message: expect.stringMatching(/^Nothing was started\. The hook weaviate-ready failed/),
        },
      });
      expect(hooksOf(stopped)).toEqual(['weaviate-ready failed']);
      expect(await service('prometheus')).toBeUndefined();
      await engine.docker('unpause', await container('weaviate'));
      expect(await up()).toMatchObject({ state: 'done' });
      expect(await service('prometheus')).toBeDefined();
    });

    it('a Grafana that hangs is noted, and the lab is up all the same', async () => {
      await engine.docker('pause', await container('grafana'));
      writeFileSync(
        join(lab.home, 'ai-lab.yaml'),
        stringify({
          ...config,
          hooks: {
            pre_apply: [],
            post_apply: [{ name: 'import', type: 'grafana-import', timeout: '2s', continue_on_error: true }],
          },
        }),
      );
      const noted = await up();
      expect(noted).toMatchObject({ state: 'done' });
      expect(noted.outcome).toContain('The hook import timed out after 2s.');
      await engine.docker('unpause', await container('grafana'));
      const byHand = await ended(await lab.api().hooks.runNow.mutate({ name: 'import' }));
      expect(byHand).toMatchObject({ kind: 'hook', state: 'done' });
    });
  },
);
