/** The built product on a real Docker engine: server, CLI, gateway and dashboard's API as one lab. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { ask } from '../support/http.ts';
import { credentials, login, ownPage, type Login } from '../support/login.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { labConfig } from './lab-config.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const SERVICES = ['model', 'weaviate', 'prometheus', 'grafana'];

describe.skipIf(found.kind === 'none')(
  `the product on a real engine (Weaviate and Grafana: stand-ins)${reason}`,
  () => {
    let engine: TestEngine;
    let lab: Lab;
    let user: Login;
    let env: Record<string, string>;

    beforeAll(async () => {
      if (found.kind === 'none') return;
      engine = found;
      const config = stringify(await labConfig(engine));
      // `auto`, as a user has it: Docker answers, so Docker it is.
      env = { ...engine.env, AILAB_ENGINE: 'auto' };
      lab = await startLab({ env, config });
      user = await login(lab, lab.link);
    });
    afterAll(async () => {
      await lab?.stop();
      await engine?.stop();
    });

    const items = async () => {
      const status = await lab.api().lab.status.query();
      return [...status.managed_items, ...status.missing_items, ...status.untracked_items];
    };
    const service = async (name: string) =>
      (await items()).find((item) => item.domain === 'service' && item.name === name);
    const chat = (text: string) =>
      ask(lab.port, {
        method: 'POST',
        path: '/v1/chat/completions',
        headers: { 'content-type': 'application/json', ...credentials(user), ...ownPage(lab) },
        body: JSON.stringify({
          model: 'default',
          temperature: 0,
          max_tokens: 24,
          messages: [{ role: 'user', content: text }],
        }),
      });
    const cli = (...args: string[]) => ailab([...args, '--home', lab.home], { env });

    async function until(what: string, holds: () => Promise<boolean>, withinMs: number): Promise<void> {
      const end = performance.now() + withinMs;
      while (!(await holds())) {
        if (performance.now() > end)
          throw new Error(`${what}: not within ${withinMs} ms: ${JSON.stringify(await items())}`);
        await sleep(100);
      }
    }

    it('says that it takes Docker, and why', async () => {
      const overview = await lab.api().lab.overview.query();
      expect(overview).toMatchObject({
        engine: 'docker',
        engineReason: expect.stringContaining('Docker answers'),
        phase: 'stopped',
      });
    });

    it('comes up by the command line, handed to the running server', async () => {
      const up = await cli('up');
      expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('The model answered') });
    });

    it('has all four services managed and healthy, and says the same on the command line', async () => {
      await until(
        'healthy',
        async () => (await items()).filter(({ health }) => health === 'healthy').length >= 5,
        60_000,
      );
      const { stdout } = await cli('status', '-o', 'json');
      const status = JSON.parse(stdout) as {
        engine: string;
        managed_items: { name: string; domain: string }[];
      };
      expect(status.engine).toBe('docker');
      expect(
        status.managed_items.filter(({ domain }) => domain === 'service').map(({ name }) => name),
      ).toEqual(SERVICES);
    });

    it('says what each engine and profile needs, and which one is in force and why', async () => {
      const choices = await lab.api().lab.choices.query();
      expect(choices.inForce).toMatchObject({
        engine: 'docker',
        engineChoice: 'auto',
        engineOrigin: 'environment',
        engineReason: expect.stringContaining('Docker answers'),
        profile: 'default',
        profileOrigin: 'default',
      });
      const engines = Object.fromEntries(choices.engines.map((option) => [option.id, option]));
      expect(engines['auto']).toMatchObject({ takes: 'docker', available: true });
      expect(engines['docker']?.needs).toMatchObject([
        { there: true, found: expect.stringMatching(/^Docker Engine \d.* answers at unix:/), fix: null },
        { there: true, found: expect.stringMatching(/^Docker Compose \d/), fix: null },
      ]);
      expect(engines['embedded']).toMatchObject({ takes: 'embedded', available: true });
      const gpu = choices.profiles.find(({ id }) => id === 'gpu');
      expect(gpu?.on.embedded).toMatchObject({ available: false, needs: [{ code: 'profile_unsupported' }] });
      expect(gpu?.on.docker.needs).toMatchObject([{ found: expect.stringContaining('looked for nvidia') }]);
    });

    it('measures what each service uses, for who asks', async () => {
      const { items: used, threads } = await lab.api().lab.usage.query();
      expect(used.map(({ name }) => name).toSorted()).toEqual(SERVICES.toSorted());
      expect(used.every(({ memoryBytes }) => (memoryBytes ?? 0) > 0)).toBe(true);
      const first = (await lab.api().lab.usage.query()).at;
      await sleep(5000);
      const next = await lab.api().lab.usage.query();
      expect(next.at - first).toBeGreaterThan(4500);
      for (const { cores } of next.items) expect(cores).toBeLessThanOrEqual(threads + 0.5);
    });

    it('lets a drift be that the user ignores, and heeds it again; up re-applies only that', async () => {
      const before = await items();
      const id = String((await service('weaviate'))?.meta['container']);
      await engine.docker('update', '--restart', 'no', id);
      await until('drifted', async () => (await service('weaviate'))?.drift?.[0] === 'restart', 2000);
      const which = { domain: 'service', name: 'weaviate' } as const;
      await lab.api().lab.ignoreDrift.mutate({ ...which, fields: ['restart'] });
      expect(await service('weaviate')).toMatchObject({ meta: { drift_ignored: 'restart' } });
      expect((await service('weaviate'))?.drift).toBeUndefined();
      expect((await cli('up')).stdout).toContain('Nothing had to be done');
      await lab.api().lab.heedDrift.mutate(which);
      expect((await service('weaviate'))?.drift).toEqual(['restart']);
      expect((await cli('up')).code).toBe(0);
      expect((await service('weaviate'))?.drift).toBeUndefined();
      for (const name of ['model', 'prometheus', 'grafana']) {
        const was = before.find((item) => item.name === name)?.meta['started_at'];
        expect((await service(name))?.meta['started_at']).toBe(was);
      }
    });

    it('answers "Hello" through the gateway, metered', async () => {
      const reply = await chat('Hello');
      expect([reply.status, reply.body]).toEqual([200, expect.stringMatching(/\b(hello|hi|hey|welcome)\b/i)]);
      const [row] = await lab.api().metrics.recent.query({ limit: 1 });
      expect(row).toMatchObject({ outcome: 'ok', caller: 'browser' });
      expect(row?.completionTokens).toBeGreaterThan(1);
    });

    it('a paused model is unhealthy, and the gateway says 503 with Retry-After instead of hanging', async () => {
      const id = String((await service('model'))?.meta['container']);
      await engine.docker('pause', id);
      await until('unhealthy', async () => (await service('model'))?.health === 'unhealthy', 5000);
      const refused = await chat('Hello');
      expect([refused.status, Number(refused.headers['retry-after'])]).toEqual([503, expect.any(Number)]);
      await engine.docker('unpause', id);
      await until('healthy again', async () => (await service('model'))?.health === 'healthy', 60_000);
      // On a busy machine an answer takes longer than one request waits.
      const answers = () => chat('Hello').catch(() => ({ status: 0 }));
      await until('answers', async () => (await answers()).status === 200, 60_000);
    });

    it('a service removed behind its back is missing within 2 s, and up makes only that one again', async () => {
      const before = await items();
      await engine.docker('rm', '-f', String((await service('prometheus'))?.meta['container']));
      await until('missing', async () => (await service('prometheus'))?.state === 'missing', 2000);
      expect((await cli('up')).code).toBe(0);
      await until('back', async () => (await service('prometheus'))?.state === 'managed', 10_000);
      for (const name of ['model', 'weaviate', 'grafana']) {
        const was = before.find((item) => item.name === name)?.meta['container'];
        expect((await service(name))?.meta['container']).toBe(was);
      }
    });

    it('goes down, keeps its volumes, and leaves nothing running', async () => {
      expect((await cli('down')).stdout).toContain('The lab is down');
      const rest = await engine.docker(
        'ps',
        '-aq',
        '--filter',
        `label=com.docker.compose.project=${(await lab.api().lab.status.query()).project}`,
      );
      expect(rest.trim()).toBe('');
      expect(await engine.docker('volume', 'ls', '-q')).toMatch(/prometheus/);
      expect((await chat('Hello')).status).toBe(503);
    });

    it('deletes the volumes when that is asked for and confirmed', async () => {
      const unconfirmed = await cli('down', '--volumes');
      expect(unconfirmed).toMatchObject({ code: 1, stderr: expect.stringContaining('not_confirmed') });
      expect(await engine.docker('volume', 'ls', '-q')).toMatch(/prometheus/);
      expect((await cli('down', '--volumes', '--yes')).code).toBe(0);
      expect((await engine.docker('volume', 'ls', '-q')).trim()).toBe('');
    });
  },
);
