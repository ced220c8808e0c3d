/** A share as its visitors and its owner meet it: what it answers, whom it lets end it, and how it ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shareInfo } from '../../server/schemas/share.ts';
import { shareView } from '../../server/schemas/share-view.ts';
import { ailab } from '../support/cli.ts';
import { ask, sendRaw, statusOf } from '../support/http.ts';
import { requireBuild, startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';
import { openStream, type Stream } from './stream.ts';

let model: StandIn;
let lab: Lab;

beforeAll(async () => {
  requireBuild();
  model = await standInModel();
  lab = await startLab({ env: model.env, config: model.config });
  await bringUp(lab);
});
afterAll(async () => {
  await lab.stop();
  model.remove();
});

const newShare = async (forMs = 600_000) => {
  const share = await lab.api().share.create.mutate({ forMs });
  return { ...share, path: new URL(share.urls[0] ?? '').pathname };
};
const get = (path: string) => ask(lab.port, { path });
const WAYS = ['', '/status.json', '/badge.svg', '/live'];

it('answers without a login, with the strictest of headers and no cookie', async () => {
  const { path } = await newShare();
  for (const way of WAYS.slice(0, 3)) {
    const { status, headers } = await get(path + way);
    expect(status).toBe(200);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['x-robots-tag']).toContain('noindex');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cache-control']).toBe('no-store');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  }
});

it('carries at most 10 KB of script, all of it in the page, and nothing from elsewhere', async () => {
  const { path } = await newShare();
  const { body } = await get(path);
  const scripts = [...body.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
  expect(scripts).toHaveLength(1);
  expect(scripts[0]?.[1]).toBe('');
  expect(Buffer.byteLength(scripts[0]?.[2] ?? '')).toBeLessThanOrEqual(10_240);
  expect(body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  expect(Buffer.byteLength(body)).toBeLessThan(20_480);
});

it('tells the model, its speed, the lock and how long it has been up, in the page and as JSON', async () => {
  const { path } = await newShare();
  await fetch(`${lab.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${(await lab.api().access.createKey.mutate({ name: 'k' })).secret}`,
    },
    body: JSON.stringify({ model: 'default', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await expect
    .poll(
      async () => shareView.parse(JSON.parse((await get(`${path}/status.json`)).body)).lastHour.requests,
      {
        timeout: 15_000,
        interval: 300,
      },
    )
    .toBe(1);
  const view = shareView.parse(JSON.parse((await get(`${path}/status.json`)).body));
  const lock = await lab.api().lock.show.query();
  expect(view).toMatchObject({ phase: 'running', services: [{ name: 'model', health: 'healthy' }] });
  expect(view.lock?.sha256).toBe(lock?.sha256);
  expect(view.upSince).toBeGreaterThan(0);
  expect(view.perMinute.filter((one) => one !== null)).toHaveLength(1);
  expect((await get(path)).body).toContain(lock?.sha256);
  expect((await get(`${path}/badge.svg`)).body).toContain('running');
});

it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'])(
  '%s is 405 everywhere',
  async (method) => {
    const { path } = await newShare();
    for (const way of [...WAYS, '/x']) {
      const answer = await ask(lab.port, {
        method,
        path: path + way,
        headers: { origin: 'https://evil.example' },
      });
      expect([way, answer.status]).toEqual([way, 405]);
    }
  },
);

it('HEAD has the heads alone', async () => {
  const { path } = await newShare();
  for (const way of WAYS) {
    const answer = await ask(lab.port, { method: 'HEAD', path: path + way });
    expect([answer.status, answer.body]).toEqual([200, '']);
  }
});

it('knows nothing but its four addresses', async () => {
  const { path } = await newShare();
  for (const wrong of [
    `${path}/`,
    `${path}x`,
    path.slice(0, -1),
    `${path}/status`,
    `${path}/live/x`,
    '/s',
    '/s/',
  ]) {
    expect([wrong, (await get(wrong)).status]).toEqual([wrong, 404]);
  }
  const raw = await sendRaw(lab.port, `GET ${path}/../x HTTP/1.1\r\nHost: localhost:${lab.port}\r\n\r\n`);
  expect(statusOf(raw)).toBe(404);
});

describe('the end of a share', () => {
  async function hasEnded(path: string, stream: Stream) {
    await stream.ended;
    expect(stream.text()).toContain('event: end');
    for (const way of WAYS) expect([way, (await get(path + way)).status]).toEqual([way, 404]);
  }

  it('comes by itself, for open streams too', async () => {
    const { path, id } = await newShare(1500);
    const stream = await openStream(lab.port, `${path}/live`);
    expect(stream.status).toBe(200);
    await hasEnded(path, stream);
    expect((await lab.api().share.list.query()).shares.map((one) => one.id)).not.toContain(id);
  });

  it('comes at once when it is revoked, and for no other share', async () => {
    const [one, other] = [await newShare(), await newShare()];
    const [stream, goesOn] = [
      await openStream(lab.port, `${one.path}/live`),
      await openStream(lab.port, `${other.path}/live`),
    ];
    await lab.api().share.revoke.mutate({ id: one.id });
    await hasEnded(one.path, stream);
    expect((await get(other.path)).status).toBe(200);
    expect(goesOn.text()).not.toContain('event: end');
    goesOn.close();
    await expect(lab.api().share.revoke.mutate({ id: one.id })).rejects.toThrow('no share');
  });
});

it('tells viewers what has changed, measured once for all', async () => {
  const { path } = await newShare();
  const streams = await Promise.all([1, 2, 3].map(() => openStream(lab.port, `${path}/live`)));
  expect(streams[0]?.text()).toContain('Running');
  const down = await lab.api().lab.down.mutate({ volumes: false });
  expect(down.kind).toBe('down');
  await Promise.all(streams.map((stream) => stream.until('Stopped')));
  for (const stream of streams) stream.close();
});

it('lets 600 watch and tells the next one that there are too many; the page itself still comes', async () => {
  const { path } = await newShare();
  const streams: Stream[] = [];
  for (let group = 0; group < 12; group += 1)
    streams.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => openStream(lab.port, `${path}/live`)))),
    );
  expect(streams.every(({ status }) => status === 200)).toBe(true);
  const refused = await ask(lab.port, { path: `${path}/live` });
  expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10']);
  expect(refused.body).toContain('Too many people are watching');
  expect((await get(path)).status).toBe(200);
  for (const stream of streams) stream.close();
  await expect
    .poll(async () => (await lab.api().share.list.query()).shares.some((one) => one.viewers > 0))
    .toBe(false);
});

describe('on the command line', () => {
  const share = (...args: string[]) => ailab(['share', ...args, '--home', lab.home]);

  it('makes, lists and ends links', async () => {
    const made = await share('--for', '30m', '-o', 'json');
    const { id, urls, expiresAt, createdAt } = shareInfo.parse(JSON.parse(made.stdout));
    const { pathname } = new URL(urls[0] ?? '');
    expect(expiresAt - createdAt).toBe(1_800_000);
    expect((await get(pathname)).status).toBe(200);
    const words = await share('--for', '2d');
    expect(words.stdout).toMatch(/http:\/\/localhost:\d+\/s\/[\w-]{22}\n[\s\S]*█[\s\S]*Ends in 2 days/);
    expect((await share('list')).stdout).toContain(id);
    expect((await share('revoke', id)).stdout).toContain('The share has ended.');
    expect((await get(pathname)).status).toBe(404);
    expect((await share('revoke', '--all')).code).toBe(0);
    expect((await share('list')).stdout).toContain('Nothing is shared.');
  });

  it('refuses a lifetime without a unit, by name', async () => {
    const { code, stderr } = await share('--for', '10');
    expect([code, stderr]).toEqual([2, expect.stringContaining('from 1s to 30d') as string]);
  });

  it('keeps a snapshot that needs nothing from anywhere and says when it was taken', async () => {
    const file = join(lab.home, 'snapshot.html');
    expect((await share('--snapshot', file)).code).toBe(0);
    const html = readFileSync(file, 'utf8');
    expect(html).toMatch(/Snapshot, taken .*\d{4}, \d\d:\d\d UTC/);
    expect(html).not.toMatch(/<script|(?:src|href)="(?!data:)|url\(/);
    expect((await share('--snapshot', file)).stderr).toContain('file_exists');
  });

  it('says who can reach the lab in status', async () => {
    expect((await ailab(['status', '--home', lab.home])).stdout).toContain(
      `Exposure: Only this machine reaches the lab. On this machine only: Dashboard and gateway ${lab.port}`,
    );
  });
});

it('outlives the server, but its link is not shown again: only a hash is kept', async () => {
  const { path, id, prefix } = await newShare();
  const kept =
    readFileSync(join(lab.home, 'ailab.db'), 'latin1') +
    readFileSync(join(lab.home, 'ailab.db-wal'), 'latin1');
  expect(kept).toContain(prefix);
  expect(kept).not.toContain(path.slice('/s/'.length));
  process.kill(lab.pid, 'SIGTERM');
  await lab.exited;
  const listed = await ailab(['share', 'list', '--home', lab.home, '-o', 'json']);
  const { shares } = JSON.parse(listed.stdout) as { shares: { id: string; urls: string[] }[] };
  expect(shares.find((one) => one.id === id)?.urls).toEqual([]);
  const refused = await ailab(['share', '--home', lab.home]);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining('server_not_running') as string,
  ]);
});
