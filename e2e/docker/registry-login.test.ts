/** Pulls from a registry that wants a login: the real engine, and a registry that knows one user and no image. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages, type TestImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';
import { openTestLab } from './stack-lab.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';
const PASSWORD = 'p:w-of-the-registry';
const BASIC = `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`;

describe.skipIf(found.kind === 'none')(`an image of a registry that wants a login${reason}`, () => {
  let engine: TestEngine;
  let images: TestImages;
  let weights: string;
  let registry: Server;
  let address: string;
  let folder: string;
  const seen = new Set<string>();

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
    registry = createServer((request, response) => {
      seen.add(request.headers.authorization ?? 'none');
      response.setHeader('docker-distribution-api-version', 'registry/2.0');
      response.setHeader('content-type', 'application/json');
      if (request.headers.authorization !== BASIC) {
        response.setHeader('www-authenticate', 'Basic realm="test"');
        response.writeHead(401).end('{"errors":[{"code":"UNAUTHORIZED","message":"unauthorized"}]}');
        return;
      }
      const code = request.url === '/v2/' ? 200 : 404;
      const missing = '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}';
      response.writeHead(code).end(code === 200 ? '{}' : missing);
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    address = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
    folder = mkdtempSync(join(tmpdir(), 'ailab-docker-config-'));
  });
  afterAll(async () => {
    registry?.close();
    rmSync(folder, { recursive: true, force: true });
    await engine?.stop();
  });

  /** The error of an `up` whose model image is there, with this config.json. */
  async function refusal(config: object, path: string = process.env['PATH'] ?? ''): Promise<Error> {
    const plugIns = join(
      engine.env['DOCKER_CONFIG'] ?? join(process.env['HOME'] ?? '', '.docker'),
      'cli-plugins',
    );
    rmSync(join(folder, 'cli-plugins'), { force: true });
    symlinkSync(plugIns, join(folder, 'cli-plugins'));
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    const lab = await openTestLab(engine, images, weights, []);
    seen.clear();
    try {
      const stack = { ...lab.lab.stack, images: { model: `${address}/own/model:1` } };
      return await lab.up({ stack }, { DOCKER_CONFIG: folder, PATH: path }).then(
        () => new Error('it came up'),
        (error: Error) => error,
      );
    } finally {
      await lab.close();
    }
  }

  it('is refused without one, in words that say what to do', async () => {
    expect(await refusal({})).toMatchObject({
      code: 'image_unauthorized',
      fix: expect.stringContaining('docker login'),
    });
    expect([...seen]).toEqual(['none']);
  });

  it('is asked for with the login of config.json', async () => {
    const error = await refusal({ auths: { [address]: { auth: BASIC.slice('Basic '.length) } } });
    expect(error).toMatchObject({ code: 'image_not_found' });
    expect(seen).toContain(BASIC);
    expect(JSON.stringify([error.message, error])).not.toContain(PASSWORD);
  });

  it('is asked for with the login of a credential helper, which is told the registry on stdin', async () => {
    const programs = join(folder, 'bin');
    const helper = join(programs, 'docker-credential-ailabtest');
    mkdirSync(programs, { recursive: true });
    const answer = JSON.stringify({ ServerURL: address, Username: 'me', Secret: PASSWORD });
    writeFileSync(
      helper,
      `#!/bin/sh\n[ "$1" = get ] && [ "$(cat)" = ${address} ] || exit 1\necho '${answer}'\n`,
    );
    chmodSync(helper, 0o755);
    const config = { credHelpers: { [address]: 'ailabtest' } };
    expect(await refusal(config, `${programs}:${process.env['PATH']}`)).toMatchObject({
      code: 'image_not_found',
    });
    expect(seen).toContain(BASIC);
    expect(await refusal(config)).toMatchObject({
      code: 'image_unauthorized',
      message: expect.stringContaining(
        `docker-credential-ailabtest gave no login for ${address}: no such program is on the PATH`,
      ),
    });
  });
});
