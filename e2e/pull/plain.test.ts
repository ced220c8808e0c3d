import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { COMMIT, sha256, startHub, type FakeHub, type HubRepo } from '../support/hub.ts';
import { bench, FILE, modelBytes, REPO, tinyRepo, type Bench } from './harness.ts';

const repo = tinyRepo();
const content = repo.files[FILE] ?? Buffer.alloc(0);
const SPLIT = [1, 2, 3].map((no) => `Q5_K_M/Big-Q5_K_M-0000${no}-of-00003.gguf`);
const others: HubRepo[] = [
  { ...repo, id: 'tiny/private', token: 'hf_secretsecret' },
  { ...repo, id: 'tiny/gated', token: 'hf_secretsecret', gated: true },
  { ...repo, id: 'tiny/many', files: { 'a-Q8_0.gguf': content, 'b-Q5_0.gguf': content } },
  { ...repo, id: 'tiny/none', files: { 'README.md': content } },
  {
    ...repo,
    id: 'tiny/split',
    pageSize: 1,
    files: Object.fromEntries(SPLIT.map((name) => [name, modelBytes(300_000)])),
  },
];
const entry = (path: string, type = 'file') => ({
  type,
  path,
  size: 9,
  oid: 'a'.repeat(40),
  lfs: { oid: 'b'.repeat(64), size: 9 },
});
const HOSTILE = [
  '../../x.gguf',
  '/etc/x.gguf',
  'a/../../x.gguf',
  'a\\..\\x.gguf',
  'x\u0000.gguf',
  'x\u001b[2J.gguf',
  'C:/x.gguf',
  'a//x.gguf',
];
for (const [index, path] of HOSTILE.entries())
  others.push({ ...repo, id: `tiny/hostile${index}`, files: {}, extraEntries: [entry(path)] });
others.push({ ...repo, id: 'tiny/link', files: {}, extraEntries: [entry('x-Q4_K_M.gguf', 'symlink')] });

let hub: FakeHub;
let here: Bench;
beforeAll(async () => {
  hub = await startHub([repo, ...others]);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.reset();
  here = bench(hub);
});
afterEach(() => here.remove());

const folder = () => join(here.cache, `models--${REPO.replace('/', '--')}`);
const blobs = () => readdirSync(join(folder(), 'blobs'));
const blob = () => join(folder(), 'blobs', sha256(content));
const SLACK = 200_000;

describe('our own download', () => {
  it('full: blob, link, ref; sizes told as they come; a second pull brings nothing', async () => {
    const { pulled, progress, steps } = await here.pull(REPO);
    expect(pulled).toMatchObject({ name: FILE, bytes: content.length, fetched: content.length });
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(readlinkSync(pulled?.path ?? '')).toBe(`../../blobs/${sha256(content)}`);
    expect(readFileSync(join(folder(), 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(steps).toEqual(['resolve done', 'download done', 'verify done']);
    expect(progress.at(-1)).toMatchObject({ done: content.length, total: content.length });
    hub.reset();
    const again = await here.pull(`${REPO}:q4_k_m@main`);
    expect([again.pulled?.fetched, hub.served(), again.steps]).toEqual([
      0,
      0,
      ['resolve done', 'verify done'],
    ]);
  });

  it('cut at 50 %: goes on by itself with a Range', async () => {
    hub.reset({ cut: { at: 0.5, times: 1 } });
    const { pulled } = await here.pull(REPO);
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(hub.served()).toBeLessThanOrEqual(content.length + SLACK);
    expect(hub.seen.some(({ range }) => range !== undefined)).toBe(true);
  });

  it('cut for good: keeps what has come, and the next pull brings the rest only', async () => {
    hub.reset({ cut: { at: 0.5, times: 1 }, statuses: [] });
    const { error } = await here.pull(REPO, { timing: { retryMs: [] } });
    expect(error?.code).toBe('hub_interrupted');
    const came = lstatSync(`${blob()}.incomplete`).size;
    expect(came).toBeGreaterThan(content.length / 3);
    hub.reset();
    const { pulled } = await here.pull(REPO);
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(hub.served()).toBe(content.length - came);
    expect(blobs()).toEqual([sha256(content)]);
  });

  it('stalled: says since when, then goes on', async () => {
    hub.reset({ stall: { at: 0.3, ms: 700 } });
    const { pulled, progress } = await here.pull(REPO, { timing: { stallMs: 200 } });
    expect(pulled?.bytes).toBe(content.length);
    expect(progress.map(({ message }) => message).join('\n')).toMatch(
      /No byte for \d+ ms, the last came at \d\d:\d\d:\d\d; still trying/,
    );
  });

  it('stalled for too long: a new connection brings the rest', async () => {
    hub.reset({ stall: { at: 0.3, ms: 3000 } });
    const { pulled } = await here.pull(REPO, { timing: { idleMs: 300 } });
    expect(readFileSync(pulled?.path ?? '').equals(content)).toBe(true);
    expect(hub.served()).toBeLessThanOrEqual(content.length + SLACK);
  });

  it('wrong sha: named, and nothing of it stays', async () => {
    hub.reset({ corrupt: true });
    const { error } = await here.pull(REPO);
    expect(error).toMatchObject({
      code: 'hub_wrong_sha256',
      message: expect.stringContaining(sha256(content)),
    });
    expect(blobs()).toEqual([]);
    expect(existsSync(join(folder(), 'refs'))).toBe(false);
  });

  it('a partial file of other bytes is given up, and the download begun anew', async () => {
    mkdirSync(dirname(blob()), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, Buffer.alloc(100_000, 7));
    expect((await here.pull(REPO)).error).toBeNull();
    expect(readFileSync(blob()).equals(content)).toBe(true);
  });

  it('what a killed process has left beside hf is used once, and does not stay', async () => {
    mkdirSync(dirname(blob()), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, content.subarray(0, 500_000));
    linkSync(`${blob()}.incomplete`, `${blob()}.0123abcd.incomplete`);
    expect((await here.pull(REPO)).pulled?.fetched).toBe(content.length - 500_000);
    expect(blobs()).toEqual([sha256(content)]);
    linkSync(blob(), `${blob()}.incomplete`);
    expect((await here.pull(REPO)).pulled?.fetched).toBe(0);
    expect(blobs()).toEqual([sha256(content)]);
  });

  it('two at once into one cache: the second is told so, and may after the first', async () => {
    hub.reset({ slowMs: 5 });
    const first = here.pull(REPO);
    await expect.poll(() => existsSync(`${blob()}.incomplete`)).toBe(true);
    expect((await here.pull(REPO)).error).toMatchObject({
      code: 'hub_download_elsewhere',
      message: expect.stringContaining(`pid ${process.pid}`),
    });
    expect((await first).error).toBeNull();
    writeFileSync(
      join(here.cache, '.locks', basename(folder()), 'ailab-web.json'),
      '{"pid":999999999,"started":""}',
    );
    expect((await here.pull(`${REPO}:Q8_0`)).error).toBeNull();
  });

  it('cancelled: keeps what has come, and goes on from there', async () => {
    hub.reset({ slowMs: 15 });
    const { cancelled, steps } = await here.pull(REPO, {
      onProgress: ({ done = 0 }, cancel) => done > 400_000 && cancel(),
    });
    expect([cancelled, steps.at(-1)]).toEqual([true, 'download cancelled']);
    const came = lstatSync(`${blob()}.incomplete`).size;
    expect(came).toBeGreaterThan(300_000);
    hub.reset();
    expect((await here.pull(REPO)).pulled?.fetched).toBe(content.length - came);
    expect(hub.served()).toBe(content.length - came);
  });

  it.each([
    ['5xx and 429, then well', { statuses: [503, 429] }, undefined],
    ['5xx without end', { statuses: Array.from({ length: 9 }, () => 502) }, 'hub_unavailable'],
    ['a server that knows no Range', { cut: { at: 0.5, times: 1 }, ignoreRange: true }, undefined],
    ['404 on the way', { statuses: [404] }, 'hub_repo_not_found'],
  ])('%s', async (_title, faults, code) => {
    hub.reset(faults);
    expect((await here.pull(REPO)).error?.code).toBe(code);
  });

  it('416: begins anew', async () => {
    mkdirSync(dirname(blob()), { recursive: true });
    writeFileSync(`${blob()}.incomplete`, content.subarray(0, 50_000));
    hub.reset({ statuses: [416] });
    expect((await here.pull(REPO)).pulled?.bytes).toBe(content.length);
    expect(hub.served()).toBe(content.length);
  });
});

describe('who may, and what there is', () => {
  const token = 'hf_secretsecret';
  it('401 without a token, 401 with a wrong one, and in with the right one', async () => {
    const { error } = await here.pull('tiny/private');
    expect(error).toMatchObject({ code: 'hub_login_needed', fix: expect.stringContaining('HF_TOKEN') });
    const wrong = await here.pull('tiny/private', { env: { HF_TOKEN: 'hf_wrongwrong' } });
    expect(wrong.error?.code).toBe('hub_token_refused');
    expect(JSON.stringify(wrong)).not.toContain('hf_wrongwrong');
    expect((await here.pull('tiny/private', { env: { HF_TOKEN: token } })).error).toBeNull();
  });

  it('gated: says where the terms are', async () => {
    expect((await here.pull('tiny/gated')).error).toMatchObject({
      code: 'hub_gated',
      fix: expect.stringContaining(`${hub.endpoint}/tiny/gated`),
    });
    const refused = await here.pull('tiny/gated', { env: { HF_TOKEN: 'hf_other' } });
    expect(refused.error).toMatchObject({
      code: 'hub_gated',
      fix: expect.stringContaining('accept the terms'),
    });
  });

  it('the token goes to the endpoint, and not to where it redirects', async () => {
    await here.pull('tiny/private', { env: { HF_TOKEN: token } });
    const of = (host: string) =>
      new Set(hub.seen.filter((seen) => seen.host === host).map(({ authorization }) => authorization));
    expect([...of('hub')]).toEqual([`Bearer ${token}`]);
    expect([...of('cdn')]).toEqual([undefined]);
  });

  it('the token file of HF_TOKEN_PATH is read', async () => {
    const file = join(here.cache, '..', 'my-token');
    writeFileSync(file, `${token}\n`);
    expect((await here.pull('tiny/private', { env: { HF_TOKEN_PATH: file } })).error).toBeNull();
  });

  it('HF_HUB_OFFLINE: nobody is asked', async () => {
    expect((await here.pull(REPO, { env: { HF_HUB_OFFLINE: '1' } })).error?.code).toBe('hub_offline');
    expect(hub.seen).toEqual([]);
  });

  it.each([
    ['tiny/unknown', 'hub_login_needed', /no public repository/],
    [`${REPO}@v9`, 'hub_revision_not_found', /v9/],
    [`${REPO}:Q2_K`, 'hub_file_not_found', /Tiny-Q8_0\.gguf \(3(\.\d+)? MB\)/],
    ['tiny/none', 'hub_no_gguf', /no GGUF/],
    ['tiny/many', 'hub_ambiguous', /a-Q8_0\.gguf \(3(\.\d+)? MB\)\n {2}b-Q5_0\.gguf/],
    ['tiny/link', 'hub_no_gguf', /no GGUF/],
  ])('%s: %s', async (id, code, words) => {
    expect((await here.pull(id)).error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect(existsSync(here.cache)).toBe(false);
  });

  it('nobody there, and an endpoint that is no Hub', async () => {
    const gone = await here.pull(REPO, { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } });
    expect(gone.error).toMatchObject({
      code: 'hub_unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect((await here.pull(REPO, { env: { HF_ENDPOINT: 'ftp://x' } })).error?.code).toBe(
      'hub_endpoint_invalid',
    );
  });

  it('a split model comes with all its parts, though the listing has a page for each', async () => {
    const { pulled } = await here.pull('tiny/split:Q5_K_M');
    expect(readdirSync(dirname(pulled?.path ?? ''))).toEqual(SPLIT.map((name) => name.slice(7)));
  });
});

describe('a listing that means harm', () => {
  it.each(HOSTILE.map((path, index) => [JSON.stringify(path), index]))(
    '%s is refused',
    async (_path, index) => {
      const { error } = await here.pull(`tiny/hostile${index}`);
      expect(error?.code).toBe('hub_unsafe_name');
      expect(error?.message).not.toMatch(/\p{Cc}/u);
      expect(existsSync(here.cache)).toBe(false);
    },
  );

  it('a folder of the cache that leads elsewhere is not written into', async () => {
    const elsewhere = join(here.cache, 'elsewhere');
    mkdirSync(elsewhere, { recursive: true });
    mkdirSync(folder(), { recursive: true });
    symlinkSync(elsewhere, join(folder(), 'blobs'));
    expect((await here.pull(REPO)).error?.code).toBe('hub_cache_escapes');
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});
