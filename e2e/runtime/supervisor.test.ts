import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nextFreePort } from '../../server/lib/ports.ts';
import { readEndpoint, readFailure, watchRuntime } from '../../server/resources/embedded-runtime/endpoint.ts';
import { createProcessUsage } from '../../server/resources/embedded-runtime/usage.ts';
import { readRecord } from '../../server/resources/embedded-runtime/record.ts';
import { bundleEntries, living, stage, type Stage } from './harness.ts';

vi.setConfig({ testTimeout: 30_000 });

let bundle: string;
let here: Stage;
beforeAll(async () => {
  bundle = await bundleEntries();
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
afterEach(() => here.close());

const healthy = async () => (await here.item())?.health === 'healthy';
const kill = (pid: number | undefined) => process.kill(pid ?? Number.NaN, 'SIGKILL');

describe('the embedded runtime under its supervisor', () => {
  it('starts, is healthy, answers with the key of the record only, and stops without a trace', async () => {
    here = await stage(bundle, ['--fake-load-ms=300']);
    await here.create();
    expect((await here.item())?.health).toBe('starting');
    await here.until('healthy', healthy);
    const endpoint = readEndpoint(here.home);
    expect(endpoint).toMatchObject({ modelName: 'fake-model', health: 'healthy' });
    const url = `${endpoint?.baseUrl}/v1/models`;
    expect((await fetch(url)).status).toBe(401);
    const answer = await fetch(url, { headers: { authorization: `Bearer ${endpoint?.apiKey}` } });
    expect(await answer.json()).toMatchObject({ data: [{ id: 'fake-model' }] });

    const record = here.record();
    await here.remove();
    expect(living(record)).toEqual({ supervisor: false, child: false });
    expect(await here.item()).toBeUndefined();
    expect(readEndpoint(here.home)).toBeNull();
    expect(readRecord(here.home.runtimeFile).kind).toBe('absent');
    expect(readRecord(here.home.runtimeKeyFile).kind).toBe('absent');
  });

  it('measures what the model server uses, and nothing when none runs', async () => {
    here = await stage(bundle);
    const usage = createProcessUsage(here.home);
    expect(await usage(AbortSignal.timeout(5000))).toEqual([]);
    await here.create();
    await here.until('healthy', healthy);
    const [first] = await usage(AbortSignal.timeout(5000));
    expect(first).toMatchObject({ domain: 'process', name: 'embedded-runtime', cores: null });
    expect(first?.memoryBytes).toBeGreaterThan(10 * 1024 ** 2);
    const [second] = await usage(AbortSignal.timeout(5000));
    expect(second?.cores).toBeGreaterThanOrEqual(0);
    // What ps says must be the same process, measured another way.
    const [other] = await createProcessUsage(here.home, 'darwin')(AbortSignal.timeout(5000));
    expect((other?.memoryBytes ?? 0) / (second?.memoryBytes ?? 1)).toBeCloseTo(1, 0);
  });

  it('notices kill -9 of the model server and starts it again within 2 s, with the reason', async () => {
    here = await stage(bundle);
    await here.create();
    await here.until('healthy', healthy);
    const before = here.record();
    let changes = 0;
    const watching = new AbortController();
    watchRuntime(here.home, () => (changes += 1), watching.signal);
    kill(before.child?.pid);
    await here.until('the exit is seen', async () => (await here.item())?.health === 'exited', 2000);
    const ms = await here.until('healthy again', healthy, 2000);
    const after = here.record();
    watching.abort();
    expect(after.child?.pid).not.toBe(before.child?.pid);
    expect(after).toMatchObject({
      restarts: 1,
      lastExit: { reason: 'killed by SIGKILL', outOfMemory: false },
    });
    expect(after.supervisor).toEqual(before.supervisor);
    expect(changes).toBeGreaterThanOrEqual(2);
    expect(ms).toBeLessThan(2000);
  });

  it('gives up on a crash loop, says why, and `up` starts it anew', async () => {
    here = await stage(bundle, ['--fake-crash-after-ms=400', '--fake-exit-code=7', '--fake-last-words=boom']);
    await here.create();
    await here.until('given up', () => here.record().state === 'failed', 20_000);
    await here.until('the supervisor is gone', () => !living(here.record()).supervisor);
    expect(here.record()).toMatchObject({
      restarts: 4,
      lastExit: { reason: 'exit code 7', words: expect.stringContaining('boom') },
    });
    const item = await here.item();
    expect(item).toMatchObject({ health: 'exited', meta: { supervised: false, last_exit: 'exit code 7' } });
    expect(item?.error).toContain('not tried again');
    expect(readFailure(here.home)).toMatchObject({ code: 'runtime_failed' });
    await here.create();
    expect(here.record()).toMatchObject({ restarts: 0 });
  });

  it('fails at once when the model server never comes up, with its last words and nothing left behind', async () => {
    here = await stage(bundle, ['--fake-crash-after-ms=0', '--fake-last-words="failed to allocate 9 GB"']);
    await expect(here.create()).rejects.toMatchObject({
      code: 'runtime_failed',
      message: expect.stringContaining('failed to allocate 9 GB'),
      fix: expect.stringContaining('smaller model'),
    });
    expect(living(here.record())).toEqual({ supervisor: false, child: false });
  });

  it('reaps the orphan of a killed supervisor on the next apply', async () => {
    here = await stage(bundle);
    await here.create();
    await here.until('healthy', healthy);
    const orphaned = here.record();
    kill(orphaned.supervisor.pid);
    await here.until('unknown', async () => (await here.item())?.health === 'unknown', 2000);
    expect(living(orphaned)).toEqual({ supervisor: false, child: true });
    await here.resource.check?.(
      here.lab,
      [{ kind: 'recreate', item: here.resource.desired(here.lab)[0]!, fields: ['supervised'] }],
      AbortSignal.timeout(5000),
    );
    await here.create();
    await here.until('healthy', healthy);
    expect(living(orphaned).child).toBe(false);
    expect(here.record().child?.pid).not.toBe(orphaned.child?.pid);
  });

  it('finds and ends a model server of this home that no record names', async () => {
    here = await stage(bundle);
    await here.create();
    const lost = here.record();
    kill(lost.supervisor.pid);
    await here.until('the supervisor is gone', () => !living(lost).supervisor, 2000);
    rmSync(here.home.runtimeFile);
    const items = await here.resource.actual(AbortSignal.timeout(5000));
    expect(items).toMatchObject([{ name: `embedded-runtime (pid ${lost.child?.pid})`, health: 'unknown' }]);
    await here.create();
    expect(living(lost).child).toBe(false);
  });

  it('is unhealthy when it answers nothing any more, and can still be stopped', async () => {
    here = await stage(bundle, ['--fake-hang-after-ms=800']);
    await here.create();
    await here.until('healthy', healthy);
    await here.until('unhealthy', async () => (await here.item())?.health === 'unhealthy', 5000);
    expect((await here.item())?.error).toContain('has not answered its health check');
    expect(readEndpoint(here.home)?.health).toBe('unhealthy');
  });

  it('shrugs off Ctrl-C and hang-up, and writes its record again when that was damaged or deleted', async () => {
    here = await stage(bundle);
    await here.create();
    await here.until('healthy', healthy);
    const { supervisor } = here.record();
    process.kill(supervisor.pid, 'SIGINT');
    process.kill(supervisor.pid, 'SIGHUP');
    writeFileSync(here.home.runtimeFile, '{"half');
    await here.until('well again', healthy, 2000);
    rmSync(here.home.runtimeFile);
    await here.until('the record is back', () => readRecord(here.home.runtimeFile).kind === 'record', 2000);
    expect(living(here.record())).toEqual({ supervisor: true, child: true });
  });

  it('ends by itself when its home is deleted', async () => {
    here = await stage(bundle);
    await here.create();
    const record = here.record();
    rmSync(here.home.root, { recursive: true });
    await here.until('gone', () => !living(record).supervisor && !living(record).child);
  });

  it('refuses a port that a stranger holds before anything is started', async () => {
    here = await stage(bundle);
    const stranger = createServer().listen(here.lab.modelPort, '127.0.0.1');
    const changes = [{ kind: 'create' as const, item: here.resource.desired(here.lab)[0]! }];
    await expect(here.resource.check?.(here.lab, changes, AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'port_in_use',
      fix: expect.stringContaining(`model: ${await nextFreePort(here.lab.modelPort + 1)}`),
    });
    stranger.close();
  });

  it('tells what it lacks when the supervisor itself can not run', async () => {
    here = await stage(join(bundle, 'nowhere'));
    await expect(here.create()).rejects.toMatchObject({ code: 'supervisor_failed' });
    expect(readRecord(here.home.runtimeFile).kind).toBe('absent');
  });

  it('leaves nothing running when it is cancelled while it starts', async () => {
    here = await stage(bundle, ['--fake-load-ms=10000']);
    const cancel = new AbortController();
    const item = here.resource.desired(here.lab)[0]!;
    const applying = here.resource.apply(
      { kind: 'create', item },
      { signal: cancel.signal, report: ({ message }) => message.startsWith('Waiting') && cancel.abort() },
    );
    await expect(applying).rejects.toThrow(/abort/i);
    expect(await here.resource.actual(AbortSignal.timeout(5000))).toEqual([]);
  });
});
