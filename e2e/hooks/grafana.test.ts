import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { importDashboard } from '../../server/hooks/grafana-import.ts';
import type { HookFacts } from '../../server/hooks/facts.ts';
import { isLabError } from '../../server/lib/errors.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ROOT } from '../support/lab.ts';
import { grafanaStandIn, type StandIn } from './grafana-stand-in.ts';

const FILE = join(ROOT, 'stacks', 'dashboards', 'lab.json');
const UID = 'ailab-lab';
const NEW = '/apis/dashboard.grafana.app';

let open: StandIn[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});

async function standIn(...args: Parameters<typeof grafanaStandIn>): Promise<StandIn> {
  const made = await grafanaStandIn(...args);
  open.push(made);
  return made;
}

interface Change {
  password?: string;
  heal?: HookFacts['grafana']['heal'];
  file?: string;
}

/** Runs the import against that Grafana; what it said, or the error with which it ended. */
async function runImport(url: string, { password = 'right', heal, file = FILE }: Change = {}) {
  let written = '';
  const grafana: HookFacts['grafana'] = {
    url,
    user: 'admin',
    state: async () => ({ kind: 'running', health: 'healthy' }),
    password: () => password,
    heal: heal ?? (async () => 'fine'),
  };
  const context = {
    signal: AbortSignal.timeout(20_000),
    report: () => undefined,
    write: (chunk: Uint8Array | string) => void (written += String(chunk)),
  };
  try {
    await importDashboard({ grafana, dashboardFile: file }, context, { readyWithinMs: 600, everyMs: 20 });
    return { written, error: null };
  } catch (error) {
    if (!isLabError(error)) throw error;
    return { written, error: { code: error.code, message: error.message, fix: error.fix } };
  }
}

const spec = (grafana: StandIn) => grafana.kept.get(UID)?.spec ?? {};
const writes = (grafana: StandIn) => grafana.calls.filter((call) => /^(POST|PUT)/.test(call));

describe.each([10, 11, 12, 13] as const)('Grafana %i', (version) => {
  const route =
    version < 12
      ? '/api/dashboards/db'
      : `${NEW}/${version === 12 ? 'v1beta1' : 'v1'}/namespaces/default/dashboards`;

  it('takes the dashboard by its own route, once; what the user changes in it stays', async () => {
    const grafana = await standIn(version);
    expect(await runImport(grafana.url)).toMatchObject({
      error: null,
      written: expect.stringContaining(`"AI Lab" is imported (${route}).`),
    });
    expect(writes(grafana)).toEqual([`POST ${route} ${version < 12 ? 200 : 201}`]);
    const panels = spec(grafana)['panels'] as unknown[];
    expect(panels).toEqual((JSON.parse(readFileSync(FILE, 'utf8')) as { panels: unknown[] }).panels);
    const kept = grafana.kept.get(UID);
    grafana.kept.set(UID, { version: 9, spec: { ...kept?.spec, title: 'Mine' }, folder: 'f' });
    expect((await runImport(grafana.url)).written).toContain('"AI Lab" is there already');
    expect([writes(grafana).length, spec(grafana)['title']]).toEqual([1, 'Mine']);
  });

  it('gets a newer dashboard over an older one, in the folder where the user keeps it', async () => {
    const grafana = await standIn(version);
    grafana.kept.set(UID, {
      version: 4,
      spec: { title: 'old', tags: ['ailab', 'ailab-000000000000'] },
      folder: 'mine',
    });
    expect((await runImport(grafana.url)).written).toContain('"AI Lab" is brought up to date');
    expect(grafana.kept.get(UID)).toMatchObject({ version: 5, folder: 'mine', spec: { title: 'AI Lab' } });
  });

  it('that someone else saves at the same time is asked again, and not forever', async () => {
    const old = { version: 1, spec: { title: 'old', tags: [] }, folder: undefined };
    const grafana = await standIn(version, { savedBetween: 2 });
    grafana.kept.set(UID, old);
    expect((await runImport(grafana.url)).error).toBeNull();
    expect(writes(grafana).map((call) => call.slice(-3))).toEqual(
      version < 12 ? ['412', '412', '200'] : ['409', '409', '200'],
    );
    const busy = await standIn(version, { savedBetween: 1000 });
    busy.kept.set(UID, old);
    expect((await runImport(busy.url)).error).toMatchObject({ code: 'grafana_conflict' });
    expect(writes(busy)).toHaveLength(4);
  });

  it('that refuses the write is named', async () => {
    const grafana = await standIn(version, { refuseWrites: 403 });
    const { error } = await runImport(grafana.url);
    expect(error).toMatchObject({ code: 'grafana_refused', message: expect.stringContaining(route) });
    expect(writes(grafana)).toHaveLength(1);
  });
});

it('a Grafana that starts slowly is waited for; one that never comes is named, with its last words', async () => {
  const slow = await standIn(13, { notReady: 5 });
  expect((await runImport(slow.url)).error).toBeNull();
  expect(slow.calls.filter((call) => call === 'GET /api/health 503')).toHaveLength(5);
  const never = await standIn(13, { notReady: 100_000 });
  expect((await runImport(never.url)).error).toMatchObject({
    code: 'grafana_not_ready',
    message: expect.stringContaining('it answered 503'),
  });
  const gone = await runImport(`http://localhost:${await anyFreePort()}`);
  expect(gone.error).toMatchObject({
    code: 'grafana_not_ready',
    message: expect.stringContaining('it does not answer (ECONNREFUSED)'),
  });
});

it('a stale password is healed once; where it cannot be, 401 is named and nothing is tried again', async () => {
  const stale = await standIn(13, { password: 'of an earlier home' });
  const healed = await runImport(stale.url, {
    heal: async () => {
      stale.switches.password = 'right';
      return 'healed';
    },
  });
  expect(healed.error).toBeNull();
  const locked = await standIn(10, { password: 'changed by hand' });
  expect((await runImport(locked.url)).error).toMatchObject({
    code: 'grafana_refused',
    message: expect.stringContaining('it answered 401, "Invalid username or password"'),
  });
  expect(locked.calls.filter((call) => call.endsWith('401'))).toHaveLength(2);
});

it('another dashboard with that title is never overwritten, and a provisioned one is named', async () => {
  const taken = await standIn(10, { titleTaken: true });
  expect((await runImport(taken.url)).error).toMatchObject({
    code: 'grafana_failed',
    message: expect.stringContaining('same name'),
    fix: expect.stringContaining('Rename or delete'),
  });
  expect(taken.kept.size).toBe(0);
  const provisioned = await standIn(11, { provisioned: true });
  expect((await runImport(provisioned.url)).error?.message).toContain('Cannot save provisioned dashboard');
});
