/** Part of stack.test.ts: what forbids or breaks a lab is a named error, or mends itself. Each lab is the test's own. */
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { createComposeStack } from '../../server/resources/compose-stack/resource.ts';
import { openTestLab, STACKS, until, type StackUnderTest } from './stack-lab.ts';

const signal = new AbortController().signal;

export function failingStackTests(at: () => StackUnderTest): void {
  it('stops `gpu` without NVIDIA before the first container; Compose shows the device reservation and CUDA image', async () => {
    const { engine, images, weights } = at();
    const b = await openTestLab(engine, images, weights, []);
    try {
      await expect(b.up({ profile: 'gpu' })).rejects.toMatchObject({ code: 'gpu_runtime_missing' });
      expect(
        await engine.docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${b.home.project}`),
      ).toBe('');
      const text = await engine.docker(
        'compose',
        '-f',
        join(STACKS, 'stack.yml'),
        '-f',
        join(STACKS, 'stack.gpu.yml'),
        'config',
        '--format',
        'json',
      );
      const { services } = JSON.parse(text) as { services: { model: Record<string, unknown> } };
      expect(services.model).toMatchObject({
        image: expect.stringMatching(/^ghcr\.io\/ggml-org\/llama\.cpp:server-cuda-v/),
        deploy: {
          resources: { reservations: { devices: [{ driver: 'nvidia', count: -1, capabilities: ['gpu'] }] } },
        },
      });
    } finally {
      await b.close();
    }
  });

  it('says out of memory, with the limit and what the weights take', async () => {
    const { engine, images, weights } = at();
    const b = await openTestLab(engine, images, weights, []);
    try {
      await expect(b.up({}, { AILAB_MEMORY_MODEL: '24m' })).rejects.toMatchObject({
        code: 'model_out_of_memory',
        message: expect.stringMatching(/limit of 24\.0 MiB; its weights alone take 9\d\.\d MiB/),
      });
    } finally {
      await b.close();
    }
  });

  it('down ends what an earlier config had asked for, too', async () => {
    const { engine, images, weights } = at();
    const b = await openTestLab(engine, images, weights, ['prometheus']);
    try {
      const fewer = { stack: { ...b.lab.stack, services: [] } };
      expect((await b.up()).changed).toBe(2);
      expect((await b.status(fewer)).map(({ name, state }) => [name, state])).toEqual([
        ['model', 'managed'],
        ['prometheus', 'untracked'],
      ]);
      await b.down(fewer);
      const left = await engine.docker(
        'ps',
        '-aq',
        '--filter',
        `label=com.docker.compose.project=${b.home.project}`,
      );
      expect(left).toBe('');
    } finally {
      await b.close();
    }
  });

  it('names an image that can not be had, and starts nothing', async () => {
    const { engine, images, weights } = at();
    const b = await openTestLab(engine, images, weights, []);
    try {
      const stack = { ...b.lab.stack, images: { model: 'localhost:1/none:1' } };
      await expect(b.up({ stack })).rejects.toMatchObject({
        code: 'image_network',
        message: expect.stringContaining('localhost:1/none:1'),
      });
      expect(b.said.filter((words) => words.includes('Trying again'))).toHaveLength(3);
      expect((await b.status()).map(({ state }) => state)).toEqual(['missing']);
    } finally {
      await b.close();
    }
  });
}

/** Only where the engine is the tests' own, to be stopped and killed. */
export function lostDockerTests(at: () => StackUnderTest, isPrivate: boolean): void {
  it.skipIf(!isPrivate)('names a missing Compose plug-in, and makes nothing', async () => {
    const { engine, images, weights } = at();
    if (engine.kind !== 'private') return;
    const b = await openTestLab(engine, images, weights, []);
    try {
      const bare = { ...b.env, ...engine.envWithoutCompose, PATH: dirname(process.execPath) };
      const stack = await createComposeStack(
        { home: b.home, env: bare, lab: b.lab, stacksFolder: STACKS },
        signal,
      );
      const changes = stack.desired(b.lab).map((item) => ({ kind: 'create' as const, item }));
      expect(await stack.actual(signal)).toEqual([]);
      await expect(stack.check?.(b.lab, changes, signal)).rejects.toMatchObject({ code: 'compose_missing' });
    } finally {
      await b.close();
    }
  });

  it.skipIf(!isPrivate)('notices a Docker that hangs within 10 s, and recovers by itself', async () => {
    const { engine, images, weights } = at();
    if (engine.kind !== 'private') return;
    const b = await openTestLab(engine, images, weights, []);
    try {
      await b.watch.refresh();
      engine.suspend();
      await until(
        10_000,
        () => b.watch.view().problem?.code,
        (code) => code === 'docker_timeout',
      );
      engine.resume();
      await until(
        5000,
        () => b.watch.view().unreachableSince,
        (since) => since === null,
      );
    } finally {
      engine.resume();
      await b.close();
    }
  });

  it.skipIf(!isPrivate)('says within 2 s that Docker is gone, and recovers by itself', async () => {
    const { engine, images, weights } = at();
    if (engine.kind !== 'private') return;
    const b = await openTestLab(engine, images, weights, []);
    try {
      await b.up();
      await engine.kill9();
      await until(
        2000,
        () => b.watch.view().unreachableSince,
        (since) => since !== null,
      );
      expect(b.watch.view().problem?.code).toBe('docker_unreachable');
      await expect(b.status()).rejects.toMatchObject({ code: 'docker_unreachable' });
      await engine.restart();
      await until(
        10_000,
        () => b.watch.view().unreachableSince,
        (since) => since === null,
      );
      await until(
        60_000,
        () => b.watch.endpoint()?.health,
        (health) => health === 'healthy',
      );
    } finally {
      await b.close();
    }
  });
}
