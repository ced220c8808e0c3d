import { describe, expect, it } from 'vitest';
import { drift } from '../../engine/plan.ts';
import { askedItem, stackItems } from './actual.ts';
import type { ContainerDetails, ImageDetails } from './engine-types.ts';
import type { RenderedStack } from './rendered.ts';
import { sampleContainer, sampleImage, sampleStack } from './testing/samples.ts';

function fieldsOf(
  container: ContainerDetails,
  stack: RenderedStack = sampleStack(),
  image: ImageDetails | null = sampleImage,
  wanted: ImageDetails | null = image,
): string[] {
  const [item] = stackItems([{ container, image, wanted }], ['model'], stack);
  if (item === undefined) throw new Error('no item');
  return drift(askedItem('model', stack), item);
}

describe('drift between the rendered stack and a container', () => {
  it('is nothing for the container that Compose makes of it', () => {
    expect(fieldsOf(sampleContainer())).toEqual([]);
  });

  it.each<[string, ContainerDetails, string]>([
    [
      'another value',
      sampleContainer({ Config: { Env: ['KEY=top-secret', 'LLAMA_ARG_PORT=9931', 'PATH=/bin'] } }),
      'environment',
    ],
    [
      'a variable more',
      sampleContainer({ Config: { Env: ['KEY=top-secret', 'LLAMA_ARG_PORT=8080', 'PATH=/bin', 'X=1'] } }),
      'environment',
    ],
    [
      'a variable less',
      sampleContainer({ Config: { Env: ['LLAMA_ARG_PORT=8080', 'PATH=/bin'] } }),
      'environment',
    ],
    ['another image', sampleContainer({ Config: { Image: 'ghcr.io/x/model:2' } }), 'image'],
    ['another command', sampleContainer({ Config: { Cmd: ['--alias', 'other'] } }), 'command'],
    ['another entrypoint', sampleContainer({ Config: { Entrypoint: ['/bin/sh'] } }), 'entrypoint'],
    [
      'open to the network',
      sampleContainer({ HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '', HostPort: '18080' }] } } }),
      'ports',
    ],
    ['more memory', sampleContainer({ HostConfig: { Memory: 5 } }), 'memory_limit'],
    ['privileged', sampleContainer({ HostConfig: { Privileged: true } }), 'security'],
    ['a writable root', sampleContainer({ HostConfig: { ReadonlyRootfs: false } }), 'security'],
    ['another user', sampleContainer({ Config: { User: '0:0' } }), 'user'],
    ['never restarted', sampleContainer({ HostConfig: { RestartPolicy: { Name: 'no' } } }), 'restart'],
    [
      'a mount more',
      sampleContainer({
        Mounts: [
          ...(sampleContainer().Mounts ?? []),
          { Type: 'bind', Source: '/', Destination: '/host', RW: true },
        ],
      }),
      'mounts',
    ],
    [
      'weights writable',
      sampleContainer({ Mounts: (sampleContainer().Mounts ?? []).map((mount) => ({ ...mount, RW: true })) }),
      'mounts',
    ],
    [
      'a device',
      sampleContainer({
        HostConfig: { DeviceRequests: [{ Driver: 'nvidia', Count: -1, Capabilities: [['gpu']] }] },
      }),
      'devices',
    ],
    ['a first process', sampleContainer({ HostConfig: { Init: true } }), 'init'],
    ['no health check', sampleContainer({ Config: { Healthcheck: { Test: ['NONE'] } } }), 'health_check'],
  ])('names the one field: %s', (_what, container, field) => {
    expect(fieldsOf(container)).toEqual([field]);
  });

  it('tells changed files and a changed profile from other labels', () => {
    const labels = { ...sampleContainer().Config.Labels };
    expect(fieldsOf(sampleContainer({ Config: { Labels: { ...labels, 'ailab.files': 'f2' } } }))).toEqual([
      'configuration',
    ]);
    expect(fieldsOf(sampleContainer({ Config: { Labels: { ...labels, 'ailab.profile': 'gpu' } } }))).toEqual([
      'profile',
    ]);
    expect(fieldsOf(sampleContainer({ Config: { Labels: { ...labels, 'x.y': 'w' } } }))).toEqual(['labels']);
    expect(fieldsOf(sampleContainer({ Config: { Labels: { ...labels, added: 'by hand' } } }))).toEqual([]);
  });

  it('names differing variables and never shows a value', () => {
    const container = sampleContainer({
      Config: { Env: ['KEY=other-secret', 'LLAMA_ARG_PORT=8080', 'PATH=/bin'] },
    });
    const items = stackItems([{ container, image: sampleImage, wanted: null }], ['model'], sampleStack());
    const text = JSON.stringify([items, askedItem('model', sampleStack())]);
    expect(items[0]?.meta['environment']).toMatch(/^[0-9a-f]{12} \(KEY\)$/);
    expect(text).not.toContain('secret');
  });

  it('ignores what Compose adds for proxies and what the image itself declares', () => {
    const env = ['KEY=top-secret', 'LLAMA_ARG_PORT=8080', 'PATH=/bin', 'HTTPS_PROXY=http://p'];
    expect(fieldsOf(sampleContainer({ Config: { Env: env } }))).toEqual([]);
  });

  it('sees a tag that was pulled again', () => {
    expect(
      fieldsOf(sampleContainer(), sampleStack(), sampleImage, { ...sampleImage, Id: 'sha256:bbbb' }),
    ).toEqual(['image']);
  });

  it('takes what it can not tell for no drift: the image of the container is gone', () => {
    expect(
      fieldsOf(sampleContainer({ Config: { Entrypoint: ['/else'] } }), sampleStack(), null, null),
    ).toEqual(['mounts']);
  });

  it('sees the leftover of an interrupted recreate, and takes the one that runs for the service', () => {
    const old = sampleContainer({
      Id: 'fedcba9876543210',
      Name: '/abc_ai-lab-model-1',
      State: { Status: 'exited' },
    });
    const entry = (container: ContainerDetails) => ({ container, image: sampleImage, wanted: sampleImage });
    const [item, ...rest] = stackItems([entry(old), entry(sampleContainer())], ['model'], sampleStack());
    expect(rest).toEqual([]);
    expect(item?.meta).toMatchObject({ container: '0123456789ab', containers: 2 });
    expect(item && drift(askedItem('model', sampleStack()), item)).toEqual(['containers']);
  });
});

describe('strangers', () => {
  it.each([
    ['only our project label', { 'com.docker.compose.project': 'ai-lab' }],
    [
      'project and service by hand',
      { 'com.docker.compose.project': 'ai-lab', 'com.docker.compose.service': 'model' },
    ],
    [
      'a service the stack does not name',
      {
        'com.docker.compose.project': 'ai-lab',
        'com.docker.compose.service': 'other',
        'com.docker.compose.config-hash': 'x',
      },
    ],
    ['a one-off run', { ...sampleContainer().Config.Labels, 'com.docker.compose.oneoff': 'True' }],
  ])('are items of their own: %s', (_what, labels) => {
    const container = sampleContainer({ Name: '/model', Config: { Labels: labels } });
    const items = stackItems([{ container, image: null, wanted: null }], ['model'], sampleStack());
    expect(items.map(({ name }) => name)).toEqual(['model (container 0123456789ab)']);
  });
});

describe('identity of images', () => {
  it('is the repo digest, or the image ID marked as such', () => {
    const of = (image: ImageDetails) =>
      stackItems([{ container: sampleContainer(), image, wanted: null }], ['model'], sampleStack())[0]?.meta;
    expect(of(sampleImage)).toMatchObject({ image_digest: 'sha256:dddd', image_digest_is_local_id: false });
    const two = ['elsewhere/model@sha256:eeee', 'ghcr.io/x/model@sha256:dddd'];
    expect(of({ ...sampleImage, RepoDigests: two })).toMatchObject({ image_digest: 'sha256:dddd' });
    expect(of({ ...sampleImage, RepoDigests: [] })).toMatchObject({
      image_digest: 'sha256:aaaa',
      image_digest_is_local_id: true,
    });
  });
});

describe('the facts of a service', () => {
  const facts = (change: Parameters<typeof sampleContainer>[0]) =>
    stackItems(
      [{ container: sampleContainer(change), image: sampleImage, wanted: null }],
      ['model'],
      sampleStack(),
    )[0];
  const BEGUN = Date.parse('2026-11-22T09:00:01Z');

  it('say since when, on which port, and how often it was started again', () => {
    expect(facts({ RestartCount: 2 })?.meta).toMatchObject({
      started_at: BEGUN,
      ended_at: null,
      restarts: 2,
      exit_code: null,
      exit_reason: null,
      port: 18_080,
      ports: '127.0.0.1:18080→8080/tcp',
    });
  });

  it('say when and why it ended', () => {
    const State = { Status: 'exited', ExitCode: 3, FinishedAt: '2026-11-22T09:00:05Z' };
    expect(facts({ State })?.meta).toMatchObject({
      started_at: BEGUN,
      ended_at: BEGUN + 4000,
      exit_code: 3,
      exit_reason: 'exit code 3',
    });
  });

  it('name the ports where nothing else is known of what was asked', () => {
    const [item] = stackItems([{ container: sampleContainer(), image: null, wanted: null }], ['model'], null);
    expect(item?.meta).toMatchObject({ ports: '127.0.0.1:18080→8080/tcp', port: 18_080 });
  });
});
