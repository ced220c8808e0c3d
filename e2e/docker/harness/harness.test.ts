/** The harness itself: a real engine, real images, and stand-ins that refuse what the services refuse. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anyFreePort } from '../../../server/lib/ports.ts';
import { cleanUp } from './clean-up.ts';
import { engineAnswers } from './engine-api.ts';
import { startPrivateEngine, startTestEngineOrSkip, type PrivateEngine, type TestEngine } from './engine.ts';
import { ensureImages, type TestImages } from './images.ts';
import { run } from './run.ts';
import { starterWeights } from './weights.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const RUN = `ailab.test.run=${randomBytes(4).toString('hex')}`;

const systemHasCompose = ['lib', 'libexec', 'local/lib', 'local/libexec'].some((folder) =>
  existsSync(join('/usr', folder, 'docker/cli-plugins/docker-compose')),
);

let engine: TestEngine;
let images: TestImages;
let folder: string;

/** Starts a container in the background, removed after the test; returns its id. */
async function start(image: string, options: string[], command: string[] = []): Promise<string> {
  return (await engine.docker('run', '--detach', '--label', RUN, ...options, image, ...command)).trim();
}

/** Publishes a container's port on a free one of the loopback. */
async function publish(port: number): Promise<{ options: string[]; url: string }> {
  const free = await anyFreePort();
  return { options: ['--publish', `127.0.0.1:${free}:${port}`], url: `http://127.0.0.1:${free}` };
}

/** The first answer with the wanted status; throws with the container's log when none comes within 30 s. */
async function until(id: string, url: string, status = 200, init: RequestInit = {}): Promise<Response> {
  const begun = Date.now();
  for (;;) {
    const answer = await fetch(url, init).catch(() => undefined);
    if (answer?.status === status) return answer;
    await answer?.body?.cancel();
    if (Date.now() - begun > 30_000)
      throw new Error(`${url} answers ${answer?.status}, not ${status}:\n${await engine.docker('logs', id)}`);
    await sleep(50);
  }
}

const basic = (password: string) => ({ authorization: `Basic ${btoa(`admin:${password}`)}` });
const statusOf = async (url: string, init: RequestInit = {}) =>
  (await fetch(url, { redirect: 'manual', ...init })).status;

describe.skipIf(found.kind === 'none')(`the Docker harness${reason}`, () => {
  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    images = await ensureImages(engine);
    folder = mkdtempSync(join(tmpdir(), 'ailab-harness-'));
  });
  afterEach(() => cleanUp(engine.dockerHost, RUN));
  afterAll(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has an engine, a client and Compose', async () => {
    expect(await engine.docker('version', '--format', '{{.Server.Version}}')).toMatch(/^\d+\./);
    expect(await engine.docker('compose', 'version', '--short')).toMatch(/^\d+\./);
  });

  it('has an image for each service, and says which are stand-ins', async () => {
    for (const { ref } of Object.values(images))
      expect(await engine.docker('image', 'inspect', '--format', '{{.Os}}', ref)).toBe('linux\n');
    for (const { ref, standIn } of Object.values(images)) expect(ref.includes('stand-in')).toBe(standIn);
    expect(images.model.standIn || images.prometheus.standIn).toBe(false);
  });

  it('the real llama-server reads the starter weights from a bind mount and generates', async () => {
    const weights = await starterWeights();
    const { options, url } = await publish(8080);
    const mount = `type=bind,source=${dirname(weights)},target=/weights,readonly`;
    const locked = ['--user', '65534:65534', '--read-only', '--cap-drop', 'ALL', '--memory', '1g'];
    const id = await start(
      images.model.ref,
      [...options, ...locked, '--mount', mount],
      ['--model', `/weights/${basename(weights)}`, '--port', '8080', '--ctx-size', '512', '--threads', '2'],
    );
    await until(id, `${url}/health`);
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({
        messages: [{ role: 'user', content: 'Name the capital city of France.' }],
        max_tokens: 24,
        temperature: 0,
      }),
    });
    const body: unknown = await answer.json();
    expect(body).toMatchObject({ choices: [{ message: { content: expect.stringContaining('Paris') } }] });
    await engine.docker('exec', id, 'curl', '-fsS', 'http://127.0.0.1:8080/health');
  });

  it('the real Prometheus is ready, as nobody, on a read-only root with its volume', async () => {
    const { options, url } = await publish(9090);
    const id = await start(images.prometheus.ref, [...options, '--read-only', '--cap-drop', 'ALL']);
    await until(id, `${url}/-/ready`);
    const result = await (await fetch(`${url}/api/v1/query?query=1%2B1`)).json();
    expect(result).toMatchObject({ status: 'success', data: { result: [expect.anything(), '2'] } });
    expect(await engine.docker('exec', id, 'id', '-u')).toBe('65534\n');
    await engine.docker('exec', id, 'wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:9090/-/ready');
    await engine.docker('exec', id, 'promtool', 'check', 'config', '/etc/prometheus/prometheus.yml');
  });

  it('the stand-in for Weaviate wants its key, keeps its CORS origin, and has metrics and a gRPC port', async () => {
    const http = await publish(8080);
    const metrics = await publish(2112);
    const grpc = await publish(50051);
    const environment = {
      AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false',
      AUTHENTICATION_APIKEY_ENABLED: 'true',
      AUTHENTICATION_APIKEY_ALLOWED_KEYS: 'right',
      AUTHENTICATION_APIKEY_USERS: 'ailab',
      CORS_ALLOW_ORIGIN: 'http://localhost:18081',
      CLUSTER_HOSTNAME: 'node1',
      PERSISTENCE_DATA_PATH: '/var/lib/weaviate',
      PROMETHEUS_MONITORING_ENABLED: 'true',
    };
    const env = Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
    const volume = ['--volume', (await engine.docker('volume', 'create', '--label', RUN)).trim()];
    const keep = [`${volume[1]}:/var/lib/weaviate`, '--cap-drop', 'ALL'];
    const ports = [...http.options, ...metrics.options, ...grpc.options];
    const id = await start(images.weaviate.ref, [...ports, ...env, '--volume', ...keep]);
    await until(id, `${http.url}/v1/.well-known/ready`);
    expect(await statusOf(`${http.url}/v1/meta`)).toBe(401);
    expect(await statusOf(`${http.url}/v1/meta`, { headers: { authorization: 'Bearer wrong' } })).toBe(401);
    const meta = await fetch(`${http.url}/v1/meta`, {
      headers: { authorization: 'Bearer right', origin: 'http://evil.test' },
    });
    expect(await meta.json()).toMatchObject({ version: expect.any(String), standIn: true });
    expect(meta.headers.get('access-control-allow-origin')).toBe('http://localhost:18081');
    expect(await (await fetch(`${metrics.url}/metrics`)).text()).toContain('requests_total{status="401"');
    await engine.docker(
      'exec',
      id,
      'wget',
      '-q',
      '-O',
      '/dev/null',
      'http://127.0.0.1:8080/v1/.well-known/ready',
    );
    // Inside, because a published port takes connections whether or not anybody listens behind it.
    const connect = "require('net').connect(50051).on('connect', () => process.exit(0))";
    await engine.docker('exec', id, 'node', '--eval', connect);

    await engine.docker('rm', '--force', id);
    const renamed = [...http.options, ...env, '--env', 'CLUSTER_HOSTNAME=node2', '--volume', ...keep];
    const other = await start(images.weaviate.ref, renamed);
    await until(other, `${http.url}/v1/.well-known/live`);
    expect(await statusOf(`${http.url}/v1/.well-known/ready`)).toBe(503);
  });

  it('the stand-in for Grafana keeps the first password of its volume, until the command resets it', async () => {
    const { options, url } = await publish(3000);
    const password = (text: string) => {
      const file = join(folder, 'admin.password');
      writeFileSync(file, `${text}\n`);
      chmodSync(file, 0o644);
    };
    const volume = (await engine.docker('volume', 'create', '--label', RUN)).trim();
    const secrets = `type=bind,source=${folder},target=/run/ailab,readonly`;
    const all = [...options, '--read-only', '--cap-drop', 'ALL', '--mount', secrets];
    all.push('--volume', `${volume}:/var/lib/grafana`);
    all.push('--env', 'GF_SECURITY_ADMIN_PASSWORD__FILE=/run/ailab/admin.password');
    all.push('--env', 'GF_AUTH_ANONYMOUS_ENABLED=true', '--env', 'GF_SERVER_ENFORCE_DOMAIN=true');
    chmodSync(folder, 0o755);
    const local = url.replace('127.0.0.1', 'localhost');
    password('first');
    const id = await start(images.grafana.ref, all);
    await until(id, `${url}/api/health`);
    expect(await engine.docker('exec', id, 'id', '-u')).toBe('472\n');
    expect(await statusOf(`${local}/api/user`, { headers: basic('first') })).toBe(200);
    expect(await statusOf(`${url}/api/user`, { headers: basic('first') })).toBe(301);
    expect(await statusOf(`${local}/api/org`)).toBe(200);
    await engine.docker('rm', '--force', id);

    password('second');
    const again = await start(images.grafana.ref, all);
    await until(again, `${url}/api/health`);
    expect(await statusOf(`${local}/api/user`, { headers: basic('second') })).toBe(401);
    expect(await statusOf(`${local}/api/user`, { headers: basic('first') })).toBe(200);
    await engine.docker('exec', again, 'grafana', 'cli', 'admin', 'reset-admin-password', 'second');
    expect(await statusOf(`${local}/api/user`, { headers: basic('second') })).toBe(200);
    for (let tries = 0; tries < 5; tries += 1)
      await statusOf(`${local}/api/user`, { headers: basic('wrong') });
    expect(await statusOf(`${local}/api/user`, { headers: basic('second') })).toBe(401);
  });

  it('the stand-in for Grafana asks the real Prometheus with the stored password, and refuses what Grafana refuses', async () => {
    const provisioning = join(folder, 'provisioning');
    mkdirSync(join(provisioning, 'datasources'), { recursive: true });
    mkdirSync(join(provisioning, 'dashboards'), { recursive: true });
    writeFileSync(
      join(provisioning, 'datasources', 'prometheus.yml'),
      'apiVersion: 1\ndatasources: [{name: P, uid: prometheus, type: prometheus, access: proxy, url: http://prom:9090}]\n',
    );
    writeFileSync(
      join(provisioning, 'dashboards', 'lab.yml'),
      'apiVersion: 1\nproviders: [{name: lab, type: file, options: {path: /etc/grafana/provisioning/dashboards}}]\n',
    );
    writeFileSync(
      join(provisioning, 'dashboards', 'lab.json'),
      '{"uid":"fixed","title":"Fixed","panels":[]}',
    );
    const network = `ailab-harness-${RUN.slice(-8)}`;
    await engine.docker('network', 'create', '--label', RUN, network);
    const { options, url } = await publish(3000);
    const files = `type=bind,source=${provisioning},target=/etc/grafana/provisioning,readonly`;
    const more = ['--network', network, '--env', 'GF_AUTH_ANONYMOUS_ENABLED=true', '--mount', files];
    const id = await start(images.grafana.ref, [...options, ...more]);
    await until(id, `${url}/api/health`);
    const health = `${url}/api/datasources/uid/prometheus/health`;
    expect(await statusOf(health)).toBe(400);
    await start(images.prometheus.ref, ['--network', network, '--network-alias', 'prom']);
    await until(id, health);

    const save = (dashboard: object, headers: Record<string, string> = {}) =>
      statusOf(`${url}/api/dashboards/db`, { method: 'POST', headers, body: JSON.stringify({ dashboard }) });
    expect(await save({ uid: 'mine', title: 'Mine' })).toBe(403);
    expect(await save({ uid: 'mine', title: 'Mine' }, basic('wrong'))).toBe(401);
    expect(await save({ uid: 'mine', title: 'Mine' }, basic('admin'))).toBe(200);
    expect(await save({ uid: 'mine', title: 'Mine' }, basic('admin'))).toBe(412);
    expect(await save({ uid: 'mine', title: 'Mine', version: 1 }, basic('admin'))).toBe(200);
    expect(await save({ uid: 'fixed', title: 'Other' }, basic('admin'))).toBe(400);
    expect(await statusOf(`${url}/api/dashboards/uid/fixed`)).toBe(200);
  });

  it('removes one Compose project and leaves the rest', async () => {
    const project = `ailab-harness-${RUN.slice(-8)}`;
    const file = join(folder, 'compose.yml');
    writeFileSync(
      file,
      `services: {one: {image: '${images.weaviate.ref}', volumes: ['data:/data'], labels: ['${RUN}']}}\nvolumes: {data: {labels: ['${RUN}']}}\n`,
    );
    const stranger = await start(images.weaviate.ref, []);
    await engine.docker('compose', '--project-name', project, '--file', file, 'up', '--detach', '--wait');
    const listed = async () =>
      (await engine.docker('ps', '--quiet', '--no-trunc', '--filter', `label=${RUN}`)).trim();
    expect((await listed()).split('\n')).toHaveLength(2);
    await engine.removeProject(project);
    expect(await listed()).toBe(stranger);
    const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${project}`];
    expect(await engine.docker('volume', 'ls', ...filter)).toBe('');
    expect(await engine.docker('network', 'ls', ...filter)).toBe('');
  });

  describe.skipIf(found.kind === 'existing')(
    'a private engine under faults (never on the user’s Docker)',
    () => {
      const ours = () => engine as PrivateEngine;

      it('crashes and comes back with what is to run always', async () => {
        const { options, url } = await publish(8080);
        // Not unless-stopped: Engine 20.10 leaves such a container stopped after a crash.
        const id = await start(images.weaviate.ref, [...options, '--restart', 'always']);
        await until(id, `${url}/v1/.well-known/live`);
        await ours().kill9();
        expect(ours().pid()).toBeUndefined();
        expect(await engineAnswers(engine.dockerHost)).toBe(false);
        await ours().restart();
        await until(id, `${url}/v1/.well-known/live`);
        expect(await engine.docker('inspect', '--format', '{{.State.Status}}', id)).toBe('running\n');
      });

      it('is restarted in order, and so is what runs unless stopped', async () => {
        const { options, url } = await publish(8080);
        const id = await start(images.weaviate.ref, [...options, '--restart', 'unless-stopped']);
        await until(id, `${url}/v1/.well-known/live`);
        await ours().halt();
        expect(await engineAnswers(engine.dockerHost)).toBe(false);
        await ours().restart();
        await until(id, `${url}/v1/.well-known/live`);
      });

      it('hangs and goes on', async () => {
        ours().suspend();
        expect(await engineAnswers(engine.dockerHost, 500)).toBe(false);
        ours().resume();
        expect(await engineAnswers(engine.dockerHost)).toBe(true);
      });

      it('begins without containers, networks or volumes of earlier runs, and with their images', async () => {
        await start(images.weaviate.ref, ['--volume', 'left-behind:/data']);
        await engine.docker('network', 'create', 'left-behind');
        await ours().stop();
        engine = await startPrivateEngine();
        expect(await engine.docker('ps', '--all', '--quiet')).toBe('');
        expect(await engine.docker('volume', 'ls', '--quiet')).toBe('');
        expect(await engine.docker('network', 'ls', '--quiet', '--filter', 'type=custom')).toBe('');
        await engine.docker('image', 'inspect', images.model.ref);
      });

      it.skipIf(systemHasCompose)('a client without Compose has none', async () => {
        const { envWithoutCompose } = ours();
        await run('docker', ['version'], { env: envWithoutCompose });
        await expect(run('docker', ['compose', 'version'], { env: envWithoutCompose })).rejects.toThrow(
          /compose/,
        );
      });
    },
  );
});
