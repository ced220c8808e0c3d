import { describe, expect, it } from 'vitest';
import type { ContainerSummary } from './engine-types.ts';
import { preflight, type PreflightInput } from './preflight.ts';
import { fakeEngine, sampleImage, sampleStack } from './testing/samples.ts';

const GIB = 1024 ** 3;
const weights = {
  folder: '/models',
  file: 'm.gguf',
  bytes: GIB,
  owner: { uid: 0, gid: 0 },
  readableByAll: true,
};

function input(
  change: Partial<PreflightInput> = {},
  info: object = {},
  containers: ContainerSummary[] = [],
): PreflightInput {
  return {
    engine: fakeEngine({
      info: async () => ({
        MemTotal: 8 * GIB,
        DockerRootDir: '/var/lib/docker',
        Runtimes: { runc: {} },
        ...info,
      }),
      containers: async () => containers,
      image: async () => sampleImage,
    }),
    project: 'ai-lab',
    profile: 'default',
    stack: sampleStack(),
    services: ['model'],
    weights,
    signal: new AbortController().signal,
    ports: {
      isFree: async () => true,
      holder: async () => 'node (pid 4242)',
      nextFree: async (from) => from + 1,
    },
    freeBytes: async () => 100 * GIB,
    ...change,
  };
}
const taken = {
  isFree: async () => false,
  holder: async () => 'node (pid 4242)',
  nextFree: async (from: number) => from + 1,
};
const publisher = (labels: Record<string, string>): ContainerSummary => ({
  Id: 'x',
  Names: ['/other-web-1'],
  Labels: labels,
  State: 'running',
  Ports: [{ PrivatePort: 80, PublicPort: 18_080 }],
});

describe('preflight', () => {
  it('has nothing to say when all is well', async () => {
    await expect(preflight(input())).resolves.toBeUndefined();
  });

  it('names who holds a port, and the next free one', async () => {
    await expect(preflight(input({ ports: taken }))).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining('18080, where model is to be published, is held by node (pid 4242)'),
      details: { next_free: 18_082 },
    });
  });

  it("names another project's container, and takes our own for no stranger", async () => {
    const stranger = publisher({
      'com.docker.compose.project': 'shop',
      'com.docker.compose.config-hash': 'x',
    });
    await expect(preflight(input({ ports: taken }, {}, [stranger]))).rejects.toThrow(
      /container other-web-1 of the Compose project shop/,
    );
    const own = publisher({ 'com.docker.compose.project': 'ai-lab', 'com.docker.compose.config-hash': 'x' });
    await expect(preflight(input({ ports: taken }, {}, [own]))).resolves.toBeUndefined();
    const labelled = publisher({ 'com.docker.compose.project': 'ai-lab' });
    await expect(preflight(input({ ports: taken }, {}, [labelled]))).rejects.toMatchObject({
      code: 'port_in_use',
    });
  });

  it('stops `gpu` without NVIDIA, telling what was looked for and found', async () => {
    await expect(preflight(input({ profile: 'gpu' }))).rejects.toMatchObject({
      code: 'gpu_runtime_missing',
      message: expect.stringMatching(/runtimes are runc \(looked for nvidia\); its CDI devices are none/),
      fix: expect.stringMatching(/nvidia-container-toolkit.*--profile default/),
    });
  });

  it.each([
    ['the runtime', { Runtimes: { nvidia: {} } }],
    ['a CDI device', { DiscoveredDevices: [{ Source: 'cdi', ID: 'nvidia.com/gpu=all' }] }],
  ])('lets `gpu` through with %s', async (_what, info) => {
    await expect(preflight(input({ profile: 'gpu' }, info))).resolves.toBeUndefined();
  });

  it('refuses weights that the memory of Docker can not hold', async () => {
    await expect(preflight(input({}, { MemTotal: GIB }))).rejects.toMatchObject({ code: 'memory_too_small' });
  });

  it('refuses to pull onto a full disk, and ignores it when nothing is pulled', async () => {
    const full = input({ freeBytes: async () => 1000 });
    await expect(preflight(full)).resolves.toBeUndefined();
    const engine = { ...full.engine, image: async () => null };
    await expect(preflight({ ...full, engine })).rejects.toMatchObject({ code: 'disk_too_small' });
  });
});
