/** A service as Compose renders it, the container Compose makes of it, and an engine that answers from memory. */
import { Readable } from 'node:stream';
import type { EngineApi } from '../engine-api.ts';
import { containerDetails, type ContainerDetails, type ImageDetails } from '../engine-types.ts';
import { parseRendered, type RenderedStack } from '../rendered.ts';

export const sampleImage: ImageDetails = {
  Id: 'sha256:aaaa',
  RepoDigests: ['ghcr.io/x/model@sha256:dddd'],
  Config: { Env: ['PATH=/bin'], Cmd: null, Entrypoint: ['/server'], Volumes: { '/cache': {} }, Labels: {} },
};

/** The form of `docker compose config --format json`, 2.40. */
export function sampleStack(change: Record<string, unknown> = {}): RenderedStack {
  return parseRendered(
    JSON.stringify({
      name: 'ai-lab',
      services: {
        model: {
          image: 'ghcr.io/x/model:1',
          command: ['--alias', 'smol', '--port=$$8080'],
          entrypoint: null,
          environment: { LLAMA_ARG_PORT: '8080', KEY: 'top-secret' },
          labels: { 'ailab.files': 'f1', 'ailab.profile': 'default', 'x.y': 'z' },
          mem_limit: '1073741824',
          read_only: true,
          restart: 'unless-stopped',
          cap_drop: ['ALL'],
          security_opt: ['no-new-privileges:true'],
          tmpfs: ['/tmp'],
          user: '65534:65534',
          healthcheck: { test: ['CMD', 'curl', 'http://127.0.0.1:8080/health'] },
          ports: [
            { mode: 'ingress', host_ip: '127.0.0.1', target: 8080, published: '18080', protocol: 'tcp' },
          ],
          volumes: [
            { type: 'bind', source: '/models', target: '/weights', read_only: true },
            { type: 'volume', source: 'data', target: '/data' },
          ],
          ...change,
        },
      },
      volumes: { data: { name: 'ai-lab_data' } },
    }),
  );
}

interface Overrides {
  State?: object;
  Config?: object;
  HostConfig?: object;
  [key: string]: unknown;
}

/** What the engine says about the container of `sampleStack`'s model, running and healthy. */
export function sampleContainer(change: Overrides = {}): ContainerDetails {
  return containerDetails.parse({
    Id: '0123456789abcdef0123',
    Name: '/ai-lab-model-1',
    Image: 'sha256:aaaa',
    Created: '2026-11-22T09:00:00Z',
    RestartCount: 0,
    Mounts: [
      { Type: 'bind', Source: '/models', Destination: '/weights', RW: false },
      { Type: 'volume', Name: 'ai-lab_data', Source: '/var/lib/docker/x', Destination: '/data', RW: true },
      { Type: 'volume', Name: 'f00', Source: '/var/lib/docker/y', Destination: '/cache', RW: true },
    ],
    ...change,
    State: {
      Status: 'running',
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
      StartedAt: '2026-11-22T09:00:01Z',
      FinishedAt: '0001-01-01T00:00:00Z',
      Health: { Status: 'healthy', FailingStreak: 0, Log: [] },
      ...change.State,
    },
    Config: {
      Image: 'ghcr.io/x/model:1',
      User: '65534:65534',
      Env: ['KEY=top-secret', 'LLAMA_ARG_PORT=8080', 'PATH=/bin'],
      Cmd: ['--alias', 'smol', '--port=$8080'],
      Entrypoint: ['/server'],
      Labels: {
        'ailab.files': 'f1',
        'ailab.profile': 'default',
        'x.y': 'z',
        'com.docker.compose.project': 'ai-lab',
        'com.docker.compose.service': 'model',
        'com.docker.compose.config-hash': 'abc',
      },
      Healthcheck: { Test: ['CMD', 'curl', 'http://127.0.0.1:8080/health'] },
      ...change.Config,
    },
    HostConfig: {
      Memory: 1_073_741_824,
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '18080' }] },
      RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Tmpfs: { '/tmp': '' },
      DeviceRequests: null,
      ...change.HostConfig,
    },
  });
}

const unexpected = (name: string) => () => Promise.reject(new Error(`unexpected call: ${name}`));

/** Every call that a test doesn't give is one it didn't expect. */
export function fakeEngine(parts: Partial<EngineApi>): EngineApi {
  const names = [
    'ping',
    'version',
    'info',
    'containers',
    'container',
    'image',
    'stats',
    'stopAndRemove',
    'exec',
    'networks',
    'removeNetwork',
    'volumes',
    'removeVolume',
    'events',
    'pull',
    'logs',
  ] as const;
  const calls = Object.fromEntries(names.map((name) => [name, unexpected(name)]));
  return { host: { url: 'unix:///x', origin: 'a test' }, ...calls, ...parts } as EngineApi;
}

export const lines = (...objects: object[]): Readable =>
  Readable.from(objects.map((object) => `${JSON.stringify(object)}\n`));
