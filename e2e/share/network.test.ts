/** A share for the network, from another network namespace: the page answers there, and nothing else of the lab does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPortFree, nextFreePort } from '../../server/lib/ports.ts';
import { listeningOf } from '../../server/schemas/share-words.ts';
import { requireBuild, startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';
import { canMakeNamespaces, makeNamespace, type Namespace } from '../support/namespace.ts';

/** Asks from over there: `[method, port, path]` each; answers with statuses, 0 where nobody listens. */
const ASK = `
import { Agent, request } from 'node:http';
const [host, asks] = [process.argv[2], JSON.parse(process.argv[3])];
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const ask = ([method, port, path]) => new Promise((resolve) => {
  const outgoing = request({ host, port, method, path, agent, timeout: 4000 }, (response) => {
    response.resume();
    response.on('close', () => resolve(response.statusCode));
  });
  outgoing.on('timeout', () => outgoing.destroy());
  outgoing.on('error', () => resolve(0));
  outgoing.end();
});
process.stdout.write(JSON.stringify(await Promise.all(asks.map(ask))), () => process.exit(0));
`;

type Ask = [method: string, port: number, path: string];

describe.skipIf(!canMakeNamespaces())('from another machine of the network', () => {
  let model: StandIn;
  let lab: Lab;
  let there: Namespace;
  let lanPort: number;

  beforeAll(async () => {
    requireBuild();
    there = await makeNamespace();
    model = await standInModel();
    lab = await startLab({ env: model.env, config: model.config });
    await bringUp(lab);
    lanPort = (await nextFreePort(23_080 + (process.pid % 500))) ?? 0;
  });
  afterAll(async () => {
    await lab.stop();
    model.remove();
    await there.remove();
  });

  const ask = async (...asks: Ask[]): Promise<number[]> =>
    JSON.parse(await there.node(ASK, there.here, JSON.stringify(asks))) as number[];
  const pathOf = (urls: readonly string[]) => new URL(urls[0] ?? '').pathname;
  const share = async (input: { lan: boolean; lanPort?: number; forMs?: number }) => {
    const made = await lab.api().share.create.mutate(input);
    return { ...made, path: pathOf(made.urls) };
  };

  it('nothing of the lab can be reached without a share for the network', async () => {
    const { path } = await share({ lan: false });
    const { status, sharing } = await lab.api().lab.overview.query();
    const ports = listeningOf(status, sharing).map(({ port }) => port);
    expect(ports).toContain(lab.port);
    expect(ports).toHaveLength(2);
    expect(await ask(...ports.map((port): Ask => ['GET', port, path]))).toEqual([0, 0]);
    expect(sharing.lan).toBeNull();
    expect(await isPortFree(lanPort)).toBe(true);
  });

  it('only the page of a share for the network answers, and only to those who read', async () => {
    const local = await share({ lan: false });
    const { path, urls } = await share({ lan: true, lanPort });
    expect(urls).toContain(`http://${there.here}:${lanPort}${path}`);
    expect(urls.at(-1)).toBe(`http://localhost:${lab.port}${path}`);
    const ways = ['', '/status.json', '/badge.svg'];
    expect(await ask(...ways.map((way): Ask => ['GET', lanPort, path + way]))).toEqual([200, 200, 200]);
    const methods = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND'];
    expect(new Set(await ask(...methods.map((method): Ask => [method, lanPort, path])))).toEqual(
      new Set([405]),
    );
    const { status, sharing } = await lab.api().lab.overview.query();
    const others = listeningOf(status, sharing).filter(({ reach }) => reach === 'machine');
    expect(await ask(...others.map(({ port }): Ask => ['GET', port, path]))).toEqual([0, 0]);
    const guesses = [
      '/',
      '/login',
      '/auth/login',
      '/healthz',
      '/metrics',
      '/v1/models',
      '/api/trpc/lab.status',
      '/_next/static/x.js',
      '/s',
      '/s/',
      '/share',
      `/s/${'a'.repeat(22)}`,
      local.path,
      `${path}/..`,
      `${path}/%2e%2e/healthz`,
      `//${path}`,
      ...Array.from({ length: 500 }, (_, n) => `/s/${n.toString(36).padStart(22, 'A')}`),
    ];
    expect(new Set(await ask(...guesses.map((guess): Ask => ['GET', lanPort, guess])))).toEqual(
      new Set([404]),
    );
  });

  it('the dashboard tells what listens, and until when', async () => {
    const { status, sharing } = await lab.api().lab.overview.query();
    expect(listeningOf(status, sharing)[0]).toEqual({ what: 'Share page', port: lanPort, reach: 'network' });
    expect(sharing.lan?.until).toBeGreaterThan(Date.now());
    const { checks } = await lab.api().lab.doctor.query();
    expect(checks.find(({ name }) => name === 'Exposure')?.message).toContain(
      `share page on port ${lanPort}`,
    );
  });

  it('a port that is asked for beside the one that is open is refused, and nothing is made', async () => {
    const before = (await lab.api().share.list.query()).shares.length;
    await expect(share({ lan: true, lanPort: lanPort + 1 })).rejects.toThrow('already');
    expect((await lab.api().share.list.query()).shares).toHaveLength(before);
  });

  it('the listener is gone with the last share for the network, revoked or expired', async () => {
    const api = lab.api();
    const brief = await share({ lan: true, forMs: 1500 });
    for (const { id, lan } of (await api.share.list.query()).shares)
      if (lan && id !== brief.id) await api.share.revoke.mutate({ id });
    expect(await ask(['GET', lanPort, brief.path])).toEqual([200]);
    await expect.poll(() => isPortFree(lanPort), { timeout: 15_000, interval: 200 }).toBe(true);
    expect(await ask(['GET', lanPort, brief.path])).toEqual([0]);
    expect((await api.lab.overview.query()).sharing.lan).toBeNull();
    const { id } = await share({ lan: true, lanPort });
    expect(await isPortFree(lanPort)).toBe(false);
    await api.share.revoke.mutate({ id });
    await expect.poll(() => isPortFree(lanPort), { timeout: 15_000, interval: 200 }).toBe(true);
  });

  it('after a restart the listener is back for a share that still lives', async () => {
    const { path } = await share({ lan: true, lanPort });
    process.kill(lab.pid, 'SIGTERM');
    await lab.exited;
    expect(await ask(['GET', lanPort, path])).toEqual([0]);
    const again = await startLab({ home: lab.home, env: model.env });
    try {
      await expect.poll(() => again.output()).toContain(`share page on port ${lanPort}`);
      expect(await ask(['GET', lanPort, path], ['GET', again.port, '/'])).toEqual([200, 0]);
    } finally {
      await again.stop();
    }
  });
});
