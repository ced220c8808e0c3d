/** The lock of a lab on a real Docker engine, with the built product: rebuilt from it, and refused by name otherwise. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { locateHome } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { STARTER } from '../../server/resources/model-weights/starter.ts';
import { labStatus } from '../../server/schemas/lab.ts';
import { lockDocument, type LockVerdict } from '../../server/schemas/lock.ts';
import { ailab } from '../support/cli.ts';
import { startImageRegistry } from '../support/image-registry.ts';
import { flipByte } from '../support/flip-byte.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages, type TestImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`the lock on a real engine${reason}`, () => {
  let engine: TestEngine;
  let images: TestImages;
  let home: string;
  let weights: string;
  let exported: string;
  const folder = mkdtempSync(join(tmpdir(), 'ailab-lock-'));

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const [made, starter] = await Promise.all([ensureImages(engine), starterWeights()]);
    images = made;
    home = join(folder, 'home');
    weights = join(folder, 'weights', 'starter.gguf');
    for (const path of [home, join(folder, 'weights')]) mkdirSync(path);
    copyFileSync(starter, weights);
    const ports = { model: await anyFreePort(), prometheus: await anyFreePort() };
    const config = {
      model_path: weights,
      engine: 'docker',
      context_size: 512,
      services: ['prometheus'],
      ports,
      images: { model: images.model.ref, prometheus: images.prometheus.ref },
      hooks: { pre_apply: [], post_apply: [] },
    };
    writeFileSync(join(home, 'ai-lab.yaml'), stringify(config));
  });
  afterAll(async () => {
    if (home !== undefined) await engine?.removeProject(locateHome(home).project);
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) => ailab([...args, '--home', home], { env: { ...engine.env } });
  const config = () => readFileSync(join(home, 'ai-lab.yaml'), 'utf8');
  const verify = async () => {
    const { code, stdout, stderr } = await run('lock', 'verify', '-o', 'json');
    return { code, stderr, ...(JSON.parse(stdout === '' ? '{}' : stdout) as LockVerdict) };
  };
  const importText = (text: string) => {
    writeFileSync(join(folder, 'lock.yaml'), text);
    return run('lock', 'import', join(folder, 'lock.yaml'));
  };
  const containers = () => engine.docker('ps', '-aq', '--no-trunc');

  async function refused(field: string, ...more: string[]): Promise<void> {
    const before = await containers();
    const up = await run('up', '--locked', ...more);
    expect([up.code, up.stderr]).toEqual([1, expect.stringContaining(`${field} is locked as `)]);
    expect(up.stderr).toContain('lock_mismatch');
    expect(await containers()).toBe(before);
  }

  it('is written by up: profile, flags, ports, stack files, and each image by digest or, marked so, by its ID', async () => {
    const up = await run('up');
    expect(up).toMatchObject({ code: 0, stderr: expect.stringContaining('Record the lock: done') });
    exported = (await run('lock', 'export')).stdout;
    const { resources } = lockDocument.parse(parse(exported));
    const id = (await engine.docker('image', 'inspect', '--format', '{{.Id}}', images.model.ref)).trim();
    expect(resources).toMatchObject([
      { type: 'weights', metadata: { source: 'path', sha256: STARTER.sha256, size: STARTER.bytes } },
      {
        type: 'docker-compose',
        id: 'ai-lab-stack',
        metadata: {
          profile: 'default',
          engine: 'docker',
          runtime: 'llama.cpp',
          flags: { context_size: 512, parallel: 1, metrics: true },
          stack_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          services: {
            model: { image: images.model.ref, digest: id, local: true },
            prometheus: { image: images.prometheus.ref, local: true },
          },
        },
      },
    ]);
    expect(exported).not.toMatch(/key|password/i);
  });

  it('verifies clean; a second up changes neither lock nor containers', async () => {
    expect(await verify()).toMatchObject({ code: 0, clean: true, differences: [] });
    const before = await containers();
    expect((await run('up')).code).toBe(0);
    expect([(await run('lock', 'export')).stdout, await containers()]).toEqual([exported, before]);
  });

  it('brings the same lab up in a home that was wiped', async () => {
    expect((await run('down')).code).toBe(0);
    for (const name of readdirSync(home)) rmSync(join(home, name), { recursive: true });
    expect((await importText(exported)).code).toBe(0);
    const up = await run('up', '--locked');
    expect(up).toMatchObject({ code: 0, stdout: expect.stringContaining('ai-lab.yaml now says it too') });
    expect(await verify()).toMatchObject({ code: 0, clean: true, differences: [] });
    expect((await run('lock', 'export')).stdout).toBe(exported);
    const status = labStatus.parse(JSON.parse((await run('status', '-o', 'json')).stdout));
    const services = status.managed_items.filter(({ domain }) => domain === 'service');
    expect(services.map(({ name, drift }) => [name, drift])).toEqual([
      ['model', undefined],
      ['prometheus', undefined],
    ]);
    expect([status.lock_exists, status.missing_items, status.engine]).toEqual([true, [], 'docker']);
  });

  it('refuses another digest of one image by name: in the lock, and of the image itself', async () => {
    const id = (await engine.docker('image', 'inspect', '--format', '{{.Id}}', images.prometheus.ref)).trim();
    await importText(exported.replaceAll(id, `sha256:${'c'.repeat(64)}`));
    await refused('ai-lab-stack.services.prometheus.digest');
    await importText(exported);
    await engine.docker('tag', images.model.ref, images.prometheus.ref);
    try {
      await refused('ai-lab-stack.services.prometheus.digest');
      expect((await verify()).differences.map(({ field }) => field)).toContain(
        'ai-lab-stack.services.prometheus.digest',
      );
    } finally {
      await engine.docker('tag', id, images.prometheus.ref);
    }
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('refuses a digest that its registry does not give, before anything is made', async () => {
    const text = exported.replace(
      /digest: sha256:[0-9a-f]{64}\n(\s+image: .*)\n\s+local: true/,
      `digest: sha256:${'d'.repeat(64)}\n$1\n          local: false`,
    );
    expect(text).not.toBe(exported);
    await importText(text);
    await refused('ai-lab-stack.services.model.digest');
    await importText(exported);
  });

  it('refuses a flag: of the command line, of ai-lab.yaml, and one of the lock that the stack does not have', async () => {
    await refused('profile', '--profile', 'gpu');
    const text = config();
    writeFileSync(join(home, 'ai-lab.yaml'), text.replace('context_size: 512', 'context_size: 1024'));
    await refused('context_size');
    writeFileSync(join(home, 'ai-lab.yaml'), text);
    await importText(exported.replace('parallel: 1', 'parallel: 4'));
    await refused('ai-lab-stack.flags.parallel');
    await importText(exported);
  });

  it('refuses one byte of the weights, and other stack files', async () => {
    flipByte(weights, 40_000_000);
    await refused('weights.sha256');
    flipByte(weights, 40_000_000);
    await importText(exported.replace(/stack_sha256: [0-9a-f]{64}/, `stack_sha256: ${'e'.repeat(64)}`));
    await refused('ai-lab-stack.stack_sha256');
    await importText(exported);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('names a service that is gone, and one that runs with another flag', async () => {
    await engine.docker(
      'rm',
      '-f',
      (await engine.docker('ps', '-q', '--filter', `ancestor=${images.prometheus.ref}`)).trim(),
    );
    expect(await verify()).toMatchObject({
      code: 1,
      differences: [{ field: 'ai-lab-stack.services.prometheus', locked: 'managed', found: 'missing' }],
    });
    expect((await run('up', '--locked')).code).toBe(0);
    expect(await verify()).toMatchObject({ code: 0 });
    await ailab(['up', '--home', home], { env: { ...engine.env, AILAB_CONTEXT_SIZE: '1024' } });
    await importText(exported);
    const { differences } = await verify();
    expect(differences).toContainEqual({
      field: 'ai-lab-stack.flags.context_size',
      locked: '512',
      found: '1024',
    });
  });

  it('takes an image of a registry by its digest, also when the tag is gone', async () => {
    const archive = join(folder, 'image');
    mkdirSync(archive);
    await engine.docker('save', '-o', `${archive}.tar`, images.prometheus.ref);
    execFileSync('tar', ['-xf', `${archive}.tar`, '-C', archive]);
    const registry = await startImageRegistry(archive, 'lab/prometheus');
    try {
      writeFileSync(join(home, 'ai-lab.yaml'), config().replace(images.prometheus.ref, registry.ref));
      expect(await run('up')).toMatchObject({ code: 0 });
      exported = (await run('lock', 'export')).stdout;
      const stack = lockDocument.parse(parse(exported)).resources.find(({ id }) => id === 'ai-lab-stack');
      expect(stack?.metadata['services']).toMatchObject({
        prometheus: { image: registry.ref, digest: registry.digest, local: false },
      });
      expect((await run('down')).code).toBe(0);
      await engine.docker('rmi', '-f', registry.ref);
      registry.forgetTag();
      await importText(exported.replace(registry.digest, `sha256:${'f'.repeat(64)}`));
      await refused('ai-lab-stack.services.prometheus.digest');
      await importText(exported);
      expect(await run('up')).toMatchObject({ code: 1, stderr: expect.stringContaining('image_') });
      const up = await run('up', '--locked');
      expect([up.code, up.stderr]).toEqual([0, expect.stringContaining('Record the lock: done')]);
      expect(await verify()).toMatchObject({ code: 0, clean: true, differences: [] });
      expect(config()).toContain(`${registry.ref}@${registry.digest}`);
      const { managed_items: items } = labStatus.parse(
        JSON.parse((await run('status', '-o', 'json')).stdout),
      );
      expect(items.filter(({ drift }) => drift !== undefined)).toEqual([]);
    } finally {
      registry.close();
      await engine.docker('rmi', '-f', `${registry.ref}@${registry.digest}`).catch(() => undefined);
    }
  });
});
