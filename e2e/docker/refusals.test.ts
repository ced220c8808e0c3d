/** What stops an `up` before its first container, as the built command line tells it on a real engine. */
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { locateHome } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ailab } from '../support/cli.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 900_000 });

interface Attempt {
  args: string[];
  env: Record<string, string>;
  /** Wrapper before the command. */
  through: string[];
}

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`an up that can not succeed${reason}`, () => {
  let engine: TestEngine;
  let home: string;
  let config: Record<string, unknown>;
  let ports: { model: number; prometheus: number };

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
    home = mkdtempSync(join(tmpdir(), 'ailab-refused-'));
    ports = { model: await anyFreePort(), prometheus: await anyFreePort() };
    config = {
      model_path: weights,
      engine: 'docker',
      context_size: 512,
      services: ['prometheus'],
      ports,
      images: { model: images.model.ref, prometheus: images.prometheus.ref },
    };
  });
  afterAll(async () => {
    rmSync(home, { recursive: true, force: true });
    await engine?.stop();
  });

  const containers = async () => {
    const { project } = locateHome(home);
    return (
      await engine.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${project}`)
    ).trim();
  };

  /** Exit 1, the named error and its fix on stderr, nothing on stdout, and not one container. */
  async function refused(
    change: Record<string, unknown>,
    expected: { code: string; says: RegExp; fix: RegExp },
    { args = [], env = {}, through = [] }: Partial<Attempt> = {},
  ): Promise<void> {
    writeFileSync(join(home, 'ai-lab.yaml'), stringify({ ...config, ...change }));
    const result = await ailab(['up', ...args, '--home', home], { env: { ...engine.env, ...env }, through });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    const error = /Error \((\w+)\): (.*)\nFix: (.*)\n$/s.exec(result.stderr);
    expect([error?.[1], error?.[2], error?.[3]], result.stderr).toEqual([
      expected.code,
      expect.stringMatching(expected.says),
      expect.stringMatching(expected.fix),
    ]);
  }

  const engineCheck = async (env: Record<string, string>) => {
    const { stdout } = await ailab(['doctor', '-o', 'json', '--home', home], {
      env: { ...engine.env, ...env },
    });
    const report = JSON.parse(stdout) as { checks: { name: string; status: string; fix: string | null }[] };
    return report.checks.find(({ name }) => name === 'Engine');
  };

  it('names weights that are not there', async () => {
    await refused(
      { model_path: '/nowhere/model.gguf' },
      { code: 'weights_not_found', says: /\/nowhere\/model\.gguf/, fix: /model_path/ },
    );
    expect(await containers()).toBe('');
  });

  it('names who holds a port, and the next free one', async () => {
    const holder = createServer().listen(ports.prometheus, '127.0.0.1');
    try {
      await refused(
        {},
        {
          code: 'port_in_use',
          says: new RegExp(`Port ${ports.prometheus}.*prometheus.*held by .*\\(pid ${process.pid}\\)`),
          fix: /Set another port for prometheus under `ports:` in ai-lab\.yaml \(\d+ is free\), or stop/,
        },
      );
      expect(await containers()).toBe('');
    } finally {
      holder.close();
    }
  });

  it('says what it looked for, found, and how to get on, for `gpu` without the NVIDIA runtime', async () => {
    const expected = {
      code: 'gpu_runtime_missing',
      says: /Docker's runtimes are .*runc.* \(looked for nvidia\); its CDI devices are none/,
      fix: /nvidia-container-toolkit.*or use --profile default/,
    };
    await refused({}, expected, { args: ['--profile', 'gpu'] });
    await refused({ profile: 'gpu' }, expected);
    expect(await containers()).toBe('');
  });

  it('says that the Compose plug-in is missing, and where it looked; doctor does too', async () => {
    if (engine.kind !== 'private') return;
    const expected = {
      code: 'compose_missing',
      says: /Looked in .*cli-plugins/,
      fix: /docker-compose-plugin/,
    };
    rmSync(join(home, 'stack'), { recursive: true, force: true });
    // With the docker command, which then knows no `compose`, and without it.
    const bare = { ...engine.envWithoutCompose, PATH: dirname(process.execPath) };
    for (const env of [engine.envWithoutCompose, bare]) await refused({}, expected, { env });
    expect(await engineCheck(bare)).toMatchObject({
      status: 'fail',
      fix: expect.stringMatching(expected.fix),
    });
    expect(await containers()).toBe('');
  });

  it('says that Docker is stopped, and where it was looked for; doctor does too', async () => {
    if (engine.kind !== 'private') return;
    await engine.halt();
    try {
      const expected = {
        code: 'docker_unreachable',
        says: /does not answer at unix:.*\(from DOCKER_HOST\)/,
        fix: /Start Docker/,
      };
      await refused({}, expected);
      expect(await engineCheck({})).toMatchObject({
        status: 'fail',
        fix: expect.stringMatching(expected.fix),
      });
    } finally {
      await engine.restart();
    }
    expect(await containers()).toBe('');
  });

  it('says that this user may not use Docker, and never advises to open the socket', async () => {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) return;
    const folder = mkdtempSync(join(tmpdir(), 'ailab-closed-'));
    const socket = join(folder, 'docker.sock');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    // Root without its powers is a user like any other, and this socket is somebody else's.
    chownSync(socket, 65_534, 65_534);
    chmodSync(socket, 0o600);
    const through = ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all', '--'];
    try {
      const env = { DOCKER_HOST: `unix://${socket}` };
      const expected = {
        code: 'docker_permission',
        says: /Docker is there .* but this user may not use it/,
        fix: /usermod -aG docker .*rootless/,
      };
      await refused({}, expected, { env, through });
    } finally {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says that an engine is too old', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-old-'));
    const socket = join(folder, 'docker.sock');
    const old = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(
        request.url?.includes('version') === true ? '{"Version":"19.03.1","ApiVersion":"1.40"}' : 'OK',
      );
    }).listen(socket);
    try {
      const env = { DOCKER_HOST: `unix://${socket}` };
      const expected = {
        code: 'docker_too_old',
        says: /Docker Engine 19\.03\.1 .* 1\.40/,
        fix: /Update Docker/,
      };
      await refused({}, expected, { env });
    } finally {
      old.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
