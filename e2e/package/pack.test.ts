import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ask } from '../support/http.ts';
import { requireBuild, ROOT, startLab, type Lab } from '../support/lab.ts';
import { credentials, login, ownPage, type Login } from '../support/login.ts';
import { seededHome, type SeededHome } from '../support/seed.ts';
import { installAs, installPackage, type Packed } from './layouts.ts';

const SIZE_MAX = 15 * 1024 * 1024;
/** The package as npm makes it, installed into an empty folder, and driven there: page, query, stream, chat. */
let folder: string;
let bin: string;
let pack: Packed;
let seeded: SeededHome;
let lab: Lab;
let user: Login;

beforeAll(async () => {
  requireBuild();
  folder = mkdtempSync(join(tmpdir(), 'ailab-pack-'));
  ({ pack, bin } = installPackage(folder));
  seeded = await seededHome();
}, 180_000);

afterAll(async () => {
  await lab?.stop();
  await seeded?.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('the tarball', () => {
  it('is small, and holds the product only', () => {
    expect(statSync(join(folder, pack.filename)).size).toBeLessThan(SIZE_MAX);
    const strange = pack.files.filter(
      ({ path }) =>
        !/^(dist\/|stacks\/|server\/bin\/(ailab-web|node-gate|watch-parent)\.mjs$|package\.json$|ai-lab\.example\.yaml$|(README|CHANGELOG|SECURITY)\.md$|LICENSE$)/.test(
          path,
        ),
    );
    expect(strange).toEqual([]);
    expect(pack.files.filter(({ path }) => /\.(node|map)$|\.test\./.test(path))).toEqual([]);
  });

  it('does not tell where it was built', () => {
    const installed = join(folder, 'node_modules', 'ailab-web');
    const naming = pack.files.filter(({ path }) => readFileSync(join(installed, path)).includes(ROOT));
    expect(naming).toEqual([]);
  });

  it.each([
    { os: 'darwin', cpu: 'arm64' },
    { os: 'win32', cpu: 'x64' },
  ] as const)('installs as on $os-$cpu, with SQLite for it, no script and no link', (layout) => {
    const { error, packages, scripts, links, sqlite } = installAs(layout, join(folder, pack.filename));
    expect({ error, packages, scripts, links, sqlite }).toEqual({
      error: undefined,
      packages: 3,
      scripts: [],
      links: [],
      sqlite: `${layout.os}-${layout.cpu}`,
    });
  });

  it('brings few packages, and no script that runs at install', () => {
    const lock = z
      .object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional() })) })
      .parse(JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')));
    const names = Object.keys(lock.packages).filter((name) => name !== '');
    expect(names.length).toBeLessThanOrEqual(5);
    expect(
      Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true),
    ).toEqual([]);
  });

  it('has no links, which npm would have dropped', () => {
    const links = (path: string): string[] =>
      readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
        entry.isSymbolicLink()
          ? [join(path, entry.name)]
          : entry.isDirectory()
            ? links(join(path, entry.name))
            : [],
      );
    expect(links(join(ROOT, 'dist'))).toEqual([]);
  });
});

describe('installed in an empty folder', () => {
  it('serves the page behind its login', async () => {
    lab = await startLab({ program: [bin, 'serve', '--no-open'], home: seeded.home });
    user = await login(lab, lab.link);
    expect((await ask(lab.port, { path: '/' })).status).toBe(401);
    const page = await ask(lab.port, { path: '/', headers: credentials(user) });
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<html')]);
    const [script] = /\/_next\/static\/[\w/.~-]+\.js/.exec(page.body) ?? [''];
    const whole = await ask(lab.port, { path: script });
    const headers = { 'cache-control': expect.stringContaining('immutable'), vary: 'Accept-Encoding' };
    expect(whole).toMatchObject({ status: 200, headers });
    const small = await ask(lab.port, { path: script, headers: { 'accept-encoding': 'br, gzip' } });
    expect(small).toMatchObject({ status: 200, headers: { ...headers, 'content-encoding': 'gzip' } });
    expect(Number(small.headers['content-length'])).toBeLessThan(whole.body.length);
    const bare = await ask(lab.port, { method: 'HEAD', path: script });
    expect(bare).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': whole.headers['content-length'] },
    });
    const unknown = await ask(lab.port, { path: script.replace('.js', 'x.js') });
    expect(unknown).toMatchObject({
      status: 404,
      headers: { 'cache-control': expect.stringContaining('no-store') },
    });
  });

  it('answers a query and brings the lab up', async () => {
    const { id } = await lab.api().lab.up.mutate({ starter: false });
    await expect
      .poll(async () => (await lab.api().activity.get.query({ id })).state, {
        timeout: 60_000,
        interval: 200,
      })
      .toBe('done');
    expect((await lab.api().lab.status.query()).summary.total_managed).toBe(3);
  });

  it('streams its state', async () => {
    const response = await fetch(`http://127.0.0.1:${lab.port}/api/trpc/live.events?input=%7B%7D`, {
      headers: { authorization: authorization(lab) },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('"snapshot"')) text += (await reader?.read())?.value ?? '"snapshot"';
    await reader?.cancel();
    expect(text).toContain('"phase":"running"');
  });

  it('chats', async () => {
    const body = JSON.stringify({
      model: 'default',
      temperature: 0,
      max_tokens: 24,
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const answer = await ask(lab.port, {
      method: 'POST',
      path: '/v1/chat/completions',
      headers: { 'content-type': 'application/json', ...credentials(user), ...ownPage(lab) },
      body,
    });
    expect([answer.status, answer.body]).toEqual([200, expect.stringMatching(/\b(hello|hi|hey|welcome)\b/i)]);
  });
});

function authorization({ home }: Lab): string {
  const { cliSecret } = z
    .object({ cliSecret: z.string() })
    .parse(JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')));
  return `Bearer ${cliSecret}`;
}
