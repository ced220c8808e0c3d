import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../engine/resource.ts';
import { pullImage, pullTrouble, pullWords } from './pull.ts';
import { createPullProgress } from './pull-progress.ts';
import { fakeEngine, lines, sampleImage } from './testing/samples.ts';

const signal = new AbortController().signal;
const layer = (id: string, status: string, current?: number, total?: number) => ({
  id,
  status,
  progressDetail: { current, total },
});

describe('createPullProgress', () => {
  it('adds up the layers, and counts those that are unpacked', () => {
    const progress = createPullProgress();
    for (const line of [
      { status: 'Pulling from x', id: 'latest' },
      layer('aaaaaaaaaaaa', 'Downloading', 10, 100),
      layer('bbbbbbbbbbbb', 'Downloading', 50, 50),
      layer('bbbbbbbbbbbb', 'Download complete'),
      layer('cccccccccccc', 'Already exists'),
    ])
      expect(progress.feed(JSON.stringify(line))).toBeNull();
    expect(progress.state()).toEqual({ done: 60, total: 150, layers: 3, layersDone: 1, extracting: false });
  });

  it('finds the error inside the stream, and survives noise', () => {
    const progress = createPullProgress();
    expect(progress.feed('not json')).toBeNull();
    expect(progress.feed('{"errorDetail":{"message":"manifest unknown"},"error":"x"}')).toBe(
      'manifest unknown',
    );
  });
});

describe('pullWords', () => {
  it('tells bytes as bytes, and layers in words', () => {
    const state = {
      done: 50 * 1024 ** 2,
      total: 150 * 1024 ** 2,
      layers: 3,
      layersDone: 1,
      extracting: false,
    };
    const words = pullWords('prom/prometheus:v3@sha256:x', state);
    expect(words).toMatchObject({ done: state.done, total: state.total, unit: 'bytes' });
    expect(words.message).toBe('Pulling prom/prometheus:v3, layer 2 of 3');
  });
});

describe('pullImage', () => {
  const options = (reports: Progress[]) => ({
    signal,
    report: (p: Progress) => reports.push(p),
    backoffMs: 0,
  });

  it('tries a lost connection again, and is done when the image is there', async () => {
    let pulls = 0;
    const engine = fakeEngine({
      pull: async () =>
        lines(++pulls === 1 ? { error: 'dial tcp: lookup x: no such host' } : { status: 'ok' }),
      image: async () => sampleImage,
    });
    const reports: Progress[] = [];
    await pullImage(engine, 'x', options(reports));
    expect(pulls).toBe(2);
    expect(reports.some(({ message }) => message.includes('Trying again (2 of 4)'))).toBe(true);
  });

  it('does not try what the registry refuses again', async () => {
    let pulls = 0;
    const engine = fakeEngine({
      pull: async () => {
        pulls += 1;
        return lines({ error: 'pull access denied for x, repository does not exist' });
      },
    });
    await expect(pullImage(engine, 'x', options([]))).rejects.toMatchObject({ code: 'image_unauthorized' });
    expect(pulls).toBe(1);
  });

  it('does not believe a stream that ended without leaving an image', async () => {
    const engine = fakeEngine({ pull: async () => lines({ status: 'Pulling' }), image: async () => null });
    await expect(pullImage(engine, 'x', options([]))).rejects.toMatchObject({ code: 'image_network' });
  });

  it('gives up on a pull that stands still, and never on one that moves', async () => {
    const still = fakeEngine({ pull: async () => new Readable({ read: () => undefined }) });
    await expect(pullImage(still, 'x', { ...options([]), stallMs: 5 })).rejects.toMatchObject({
      code: 'image_stalled',
    });
    const moving = async function* () {
      for (let i = 0; i < 12; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 3));
        yield '{"status":"Downloading"}\n';
      }
    };
    const engine = fakeEngine({ pull: async () => Readable.from(moving()), image: async () => sampleImage });
    await expect(pullImage(engine, 'x', { ...options([]), stallMs: 20 })).resolves.toBeUndefined();
  });

  it('ends with the signal, without a retry', async () => {
    const cancel = new AbortController();
    let pulls = 0;
    const engine = fakeEngine({
      pull: async () => {
        pulls += 1;
        cancel.abort();
        return lines({ status: 'Pulling' });
      },
    });
    await expect(pullImage(engine, 'x', { ...options([]), signal: cancel.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(pulls).toBe(1);
  });
});

describe('pullTrouble', () => {
  it.each([
    ['manifest for x:1 not found: manifest unknown', 'image_not_found'],
    ['no matching manifest for linux/arm64', 'image_not_found'],
    ['unauthorized: authentication required', 'image_unauthorized'],
    ['toomanyrequests: You have reached your pull rate limit', 'image_rate_limited'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'disk_full'],
    ['Get "https://ghcr.io/v2/": dial tcp: i/o timeout', 'image_network'],
    ['net/http: TLS handshake timeout', 'image_network'],
    ['something new', 'image_pull_failed'],
  ])('%s', (words, code) => {
    const trouble = pullTrouble('x:1', new Error(words));
    expect(trouble.code).toBe(code);
    expect(trouble.message).toContain(words);
    expect(trouble.fix).not.toBe('');
  });
});
