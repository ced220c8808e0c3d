import { describe, expect, it } from 'vitest';
import type { Caller, Engine } from '../engine/contract.ts';
import { LabError } from '../lib/errors.ts';
import { withBody } from './handler.ts';
import { appRouter, createCaller } from './router.ts';

/**
 * A valid input for every procedure, driven from the router: a new procedure without an entry here fails the first
 * test, so each one is held against a missing login, a program's key, and hostile input.
 */
const INPUTS: Record<string, unknown> = {
  'lab.overview': undefined,
  'lab.status': undefined,
  'lab.doctor': undefined,
  'lab.choices': undefined,
  'lab.usage': undefined,
  'lab.ignoreDrift': { domain: 'service', name: 'grafana', fields: ['environment'] },
  'lab.heedDrift': { domain: 'service', name: 'grafana' },
  'lab.plan': { starter: true },
  'lab.up': { starter: true },
  'lab.down': { volumes: false },
  'config.get': undefined,
  'config.set': { key: 'context_size', value: 2048 },
  'config.write': { text: 'profile: default\n', base: null },
  'config.preview': { changes: [{ key: 'context_size', value: 2048 }] },
  'config.checkText': { text: 'profile: fast\n' },
  'activity.list': { limit: 5 },
  'activity.get': { id: 'a' },
  'activity.cancel': { id: 'a' },
  'activity.retry': { id: 'a' },
  'chat.list': { limit: 5 },
  'chat.get': { conversationId: 'c' },
  'chat.turn': { text: 'Hello' },
  'chat.regenerate': { conversationId: 'c', messageId: 'm' },
  'chat.versions': { conversationId: 'c', messageId: 'm' },
  'chat.select': { conversationId: 'c', messageId: 'm' },
  'chat.prune': { conversationId: 'c', messageId: 'm' },
  'chat.setSettings': { conversationId: 'c', settings: { temperature: 0.2 } },
  'chat.search': { text: 'word' },
  'chat.export': { as: 'json' },
  'chat.import': { text: '[]' },
  'chat.presets': undefined,
  'chat.savePreset': { name: 'Mine', settings: { seed: 7 } },
  'chat.removePreset': { id: 'p' },
  'chat.follow': { messageId: 'm' },
  'chat.stop': { messageId: 'm' },
  'chat.rename': { conversationId: 'c', title: 'T' },
  'chat.remove': { conversationId: 'c' },
  'metrics.series': { range: '15m' },
  'metrics.targets': undefined,
  'metrics.request': { id: 'r' },
  'metrics.clients': undefined,
  'metrics.cost': { days: 7 },
  'metrics.recent': { limit: 5 },
  'access.keys': undefined,
  'access.createKey': { name: 'editor' },
  'access.revokeKey': { id: 'k' },
  'access.logins': undefined,
  'access.revokeLogin': { id: 'l' },
  'access.loginLink': undefined,
  'live.events': {},
  'lock.show': undefined,
  'lock.history': { limit: 5 },
  'lock.export': {},
  'lock.verify': undefined,
  'lock.preview': { text: 'version: 2', name: 'f' },
  'lock.import': { text: 'version: 2', name: 'f' },
  'logs.services': undefined,
  'models.pull': { id: 'org/name' },
  'models.list': undefined,
  'models.use': { id: '0123456789abcdef' },
  'models.remove': { id: '0123456789abcdef' },
  'models.fit': { contextSize: 4096 },
  'logs.read': { service: 'model' },
  'support.bundle': undefined,
  'hooks.list': undefined,
  'hooks.get': { id: 'h' },
  'hooks.runNow': { name: 'h' },
  'share.list': undefined,
  'share.create': { forMs: 60_000, lan: false },
  'share.revoke': { id: 's' },
  'share.snapshot': undefined,
  'hooks.confirm': { name: 'h', sha256: 'a'.repeat(64) },
};

const PATHS = Object.keys(appRouter._def.procedures);

/** The functions of the engine that answer with a stream. */
const STREAMS = new Set(['events', 'logs.read', 'chats.follow']);

/** An engine that says which of its functions was called, with what. */
function recordingEngine(): { engine: Engine; calls: string[] } {
  const calls: string[] = [];
  const part = (path: string): unknown =>
    new Proxy(() => undefined, {
      get: (_target, name) =>
        name === 'then' ? undefined : part(path === '' ? String(name) : `${path}.${String(name)}`),
      apply: () => {
        calls.push(path);
        return STREAMS.has(path) ? (async function* () {})() : undefined;
      },
    });
  return { engine: part('') as Engine, calls };
}

async function call(path: string, caller: Caller | null, input: unknown = INPUTS[path]) {
  const { engine, calls } = recordingEngine();
  const [group = '', name = ''] = path.split('.');
  const api = createCaller({ engine, caller }) as unknown as Record<
    string,
    Record<string, (input: unknown) => Promise<unknown>>
  >;
  const result = await api[group]?.[name]?.(input);
  if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
    for await (const _event of result as AsyncIterable<unknown>) break;
  return calls;
}

it('every procedure has an input here', () => {
  expect(PATHS.toSorted()).toEqual(Object.keys(INPUTS).toSorted());
});

describe.each(PATHS)('%s', (path) => {
  it('does its one call for a login and for the CLI', async () => {
    for (const caller of [{ kind: 'login', id: 'l' }, { kind: 'cli' }] as const)
      expect(await call(path, caller)).toHaveLength(1);
  });

  it('refuses nobody, and a program with a key', async () => {
    for (const caller of [null, { kind: 'key', id: 'k', name: 'n' }] as const) {
      await expect(call(path, caller)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    }
  });

  it('refuses input of another shape', async () => {
    if (INPUTS[path] === undefined) return;
    for (const bad of [
      'text',
      7,
      [],
      { __proto__: null, unknown: 1 },
      { ...(INPUTS[path] as object), extra: 1 },
    ]) {
      await expect(call(path, { kind: 'cli' }, bad)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });
});

it('a browser may not name files of this machine; the command line may', async () => {
  const input = { starter: false, overrides: { model_path: '/etc/passwd' } };
  for (const path of ['lab.up', 'lab.plan']) {
    await expect(call(path, { kind: 'login', id: 'l' }, input)).rejects.toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await call(path, { kind: 'cli' }, input)).toEqual([path]);
  }
});

it('a browser may not bring up what a lock names; the command line may', async () => {
  const input = { starter: false, locked: true };
  const refused = call('lab.up', { kind: 'login', id: 'l' }, input);
  await expect(refused).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await call('lab.up', { kind: 'cli' }, input)).toEqual(['lab.up']);
});

it('an error of the engine keeps its code and its fix on the way out', async () => {
  const { engine } = recordingEngine();
  const busy = new LabError({ code: 'busy', message: 'm', fix: 'f', status: 409 });
  const failing = { ...engine, lab: { ...engine.lab, down: () => Promise.reject(busy) } } as Engine;
  const api = createCaller({ engine: failing, caller: { kind: 'cli' } });
  await expect(api.lab.down()).rejects.toMatchObject({ code: 'CONFLICT', cause: { code: 'busy', fix: 'f' } });
});

it('an error in the middle of a log keeps its code and its fix, and is not worth asking again', async () => {
  const { engine } = recordingEngine();
  const read = async function* () {
    yield [];
    throw new LabError({ code: 'service_unknown', message: 'm', fix: 'f', status: 404 });
  };
  const failing = { ...engine, logs: { ...engine.logs, read } } as Engine;
  const lines = (await createCaller({ engine: failing, caller: { kind: 'cli' } }).logs.read({
    service: 'x',
  })) as AsyncIterable<unknown>;
  await expect(Array.fromAsync(lines)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    cause: { code: 'service_unknown', fix: 'f' },
  });
});

it('an input of which every field may be left out may be left out whole, over HTTP too', async () => {
  const optional = ['lab.plan', 'lab.up', 'lab.down', 'activity.list', 'metrics.recent', 'metrics.cost'];
  for (const path of [...optional, 'models.fit', 'lock.history', 'lock.export'])
    expect(await call(path, { kind: 'cli' }, null).catch(() => 'refused')).toBe('refused');
  const { engine } = recordingEngine();
  const api = createCaller({ engine, caller: { kind: 'cli' } });
  await Promise.all([api.lab.up(), api.lab.plan(), api.lab.down(), api.activity.list(), api.models.fit()]);
  await Promise.all([api.metrics.recent(), api.metrics.cost(), api.lock.history(), api.lock.export()]);
  const request = (length: string) => withBody({ method: 'POST', headers: { 'content-length': length } });
  expect(request('0')).toMatchObject({ body: '{}' });
  expect(request('3')).not.toHaveProperty('body');
});
