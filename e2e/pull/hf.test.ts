/** The real `hf` command against a server that speaks the Hub's protocol. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hf } from '../../server/resources/package-tools/hf.ts';
import { COMMIT, sha256, startHub, type FakeHub } from '../support/hub.ts';
import { bench, FILE, modelBytes, REPO, tinyRepo, type Bench, type PullTry } from './harness.ts';
import { realHf } from './hf-tool.ts';

const content = modelBytes(40_000_000);
const token = 'hf_secretsecret';
const repo = tinyRepo({ files: { [FILE]: content } });

let hub: FakeHub;
let hf: Hf;
let here: Bench;
beforeAll(async () => {
  hub = await startHub([repo, { ...repo, id: 'tiny/private', token }]);
  hf = await realHf();
}, 300_000);
afterAll(() => hub.close());
beforeEach(() => {
  hub.reset();
  here = bench(hub);
});
afterEach(() => here.remove());

const pull = (id = REPO, options: PullTry = {}) => here.pull(id, { hf, ...options });
const folder = (id = REPO) => join(here.cache, `models--${id.replace('/', '--')}`);
const blobs = () => readdirSync(join(folder(), 'blobs'));
/** hf writes pieces of 10 MiB, and loses the one that it is in when a connection breaks. */
const SLACK = 12_000_000;

describe('the real hf', () => {
  it('full: what it leaves is what the cache should be, and a second pull brings nothing', async () => {
    const { pulled, progress, error } = await pull();
    expect(error).toBeNull();
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect([blobs(), readFileSync(join(folder(), 'refs', 'main'), 'utf8')]).toEqual([
      [sha256(content)],
      COMMIT,
    ]);
    expect(progress.some(({ message }) => message.endsWith('with hf'))).toBe(true);
    expect(hub.served()).toBe(content.length);
    hub.reset();
    expect((await pull()).pulled?.fetched).toBe(0);
    expect(hub.served()).toBe(0);
  });

  it('cut at 50 %: it goes on by itself with a Range', async () => {
    hub.reset({ cut: { at: 0.5, times: 1 } });
    const { pulled, error } = await pull();
    expect(error).toBeNull();
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(hub.served()).toBeLessThanOrEqual(content.length + SLACK);
    expect(hub.seen.some(({ host, range }) => host === 'cdn' && range !== undefined)).toBe(true);
  });

  it('cut for good: hf gives up and clears away, and we still have what came; the next pull brings the rest', async () => {
    hub.reset({ cut: { at: 0.6, times: 1 }, afterCut: Array.from({ length: 20 }, () => 503) });
    const { error } = await pull();
    expect(error).toMatchObject({ code: 'hf_failed', message: expect.stringContaining('503') });
    expect(blobs()).toEqual([`${sha256(content)}.incomplete`]);
    const came = statSync(join(folder(), 'blobs', blobs()[0] ?? '')).size;
    expect(came).toBeGreaterThan(content.length / 3);
    hub.reset();
    const { pulled } = await pull();
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(hub.served()).toBe(content.length - came);
  });

  it('stalled: says since when, then goes on', async () => {
    hub.reset({ stall: { at: 0.3, ms: 1500 } });
    const { pulled, progress } = await pull(REPO, { timing: { stallMs: 400 } });
    expect(pulled?.bytes).toBe(content.length);
    expect(progress.map(({ message }) => message).join('\n')).toMatch(
      /Nothing written for .+, the last at \d\d:\d\d:\d\d/,
    );
  });

  it('wrong sha: hf is content, we are not: named, and nothing of it stays', async () => {
    hub.reset({ corrupt: true });
    const { error, steps } = await pull();
    expect(steps).toEqual(['resolve done', 'download done', 'verify failed']);
    expect(error).toMatchObject({
      code: 'hub_wrong_sha256',
      message: expect.stringContaining(sha256(content)),
    });
    expect(blobs()).toEqual([]);
    expect(existsSync(join(folder(), 'snapshots', COMMIT, FILE))).toBe(false);
  });

  it('401: explained before hf is even asked; with the token hf comes in, and no other host sees it', async () => {
    expect((await pull('tiny/private')).error?.code).toBe('hub_login_needed');
    const done = await pull('tiny/private', { env: { HF_TOKEN: token } });
    expect(done.error).toBeNull();
    expect(JSON.stringify(done)).not.toContain(token);
    const cdn = hub.seen.filter(({ host }) => host === 'cdn');
    expect([cdn.length > 0, cdn.every(({ authorization }) => authorization === undefined)]).toEqual([
      true,
      true,
    ]);
  });

  it('cancelled: keeps what has come, and goes on from there', async () => {
    hub.reset({ slowMs: 5 });
    const { cancelled } = await pull(REPO, {
      onProgress: ({ done = 0 }, cancel) => done > 2_000_000 && cancel(),
    });
    expect([cancelled, blobs()]).toEqual([true, [`${sha256(content)}.incomplete`]]);
    const came = statSync(join(folder(), 'blobs', blobs()[0] ?? '')).size;
    hub.reset();
    const { pulled } = await pull();
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect([hub.served(), blobs()]).toEqual([content.length - came, [sha256(content)]]);
  });
});
