import { describe, expect, it } from 'vitest';
import { locateHome } from '../../lib/home.ts';
import { sampleRecord } from '../../testing/sample-record.ts';
import { actualItems, driftMeta, type FoundProcess } from './actual.ts';
import type { RecordReading, RuntimeRecord } from './record.ts';
import { slotOf } from './slot.ts';
import { troubleOf } from './trouble.ts';

const slot = slotOf(locateHome('/h'), 'model');
const both = { supervisor: true, child: true };
const none = { supervisor: false, child: false };
const reading = (change: Partial<RuntimeRecord> = {}): RecordReading => ({
  kind: 'record',
  record: sampleRecord(change),
});
const lastExit = { reason: 'killed by SIGKILL', outOfMemory: false, words: 'bye', at: 5 };
const stray: FoundProcess = { pid: 300, started: 'boot:9', role: 'model server', slot: 'model' };

describe('actualItems', () => {
  it('is nothing when nothing was started or it was stopped', () => {
    expect(actualItems({ kind: 'absent' }, none, [], slot)).toEqual([]);
    expect(actualItems(reading({ state: 'stopped', child: null }), none, [], slot)).toEqual([]);
  });

  it('carries all that a desired item is compared by, and no error when it is well', () => {
    const [item] = actualItems(reading(), both, [], slot);
    expect(item).toMatchObject({ name: 'embedded-runtime', domain: 'process', health: 'healthy' });
    expect(item?.error).toBeUndefined();
    expect(item?.meta).toMatchObject({ ...driftMeta(sampleRecord()), supervised: true, pid: 101 });
  });

  it('never shows the key', () => {
    expect(JSON.stringify(actualItems(reading({ apiKey: 'top-secret' }), both, [], slot))).not.toContain(
      'top-secret',
    );
  });

  it('says while it waits to restart why it ended, and that it will be started again', () => {
    const record = reading({ state: 'exited', child: null, lastExit, restartAt: 9 });
    const [item] = actualItems(record, { supervisor: true, child: false }, [], slot);
    expect(item?.health).toBe('exited');
    expect(item?.error).toMatch(/killed by SIGKILL.*Restart 1 follows.*bye/);
    expect(item?.meta).toMatchObject({ supervised: true, last_exit: 'killed by SIGKILL', restart_at: 9 });
  });

  it('stays after giving up, exited and no longer supervised, so that `up` starts it anew', () => {
    const [item] = actualItems(reading({ state: 'failed', child: null, lastExit }), none, [], slot, 10_000);
    expect(item).toMatchObject({ health: 'exited', meta: { supervised: false, pid: null } });
    expect(item?.error).toContain('not tried again: killed by SIGKILL');
  });

  it('sees a child that died a moment ago, before the supervisor wrote it down', () => {
    const [item] = actualItems(reading(), { supervisor: true, child: false }, [], slot);
    expect(item).toMatchObject({ health: 'exited', meta: { pid: null } });
  });

  it('calls a model server without its supervisor unknown, with the fix', () => {
    const [item] = actualItems(reading(), { supervisor: false, child: true }, [], slot);
    expect(item).toMatchObject({ health: 'unknown', meta: { supervised: false } });
    expect(item?.error).toMatch(/supervisor \(pid 100\) is gone.*ailab-web up/);
  });

  it('tells a restart of the machine (nothing wrong) from processes that were ended from outside', () => {
    expect(actualItems(reading({ startedAt: 900 }), none, [], slot, 1000)).toEqual([]);
    const [item] = actualItems(reading({ startedAt: 1100 }), none, [], slot, 1000);
    expect(item).toMatchObject({ health: 'exited', meta: { supervised: false } });
    expect(item?.error).toContain('gone');
  });

  it('reports a record that can not be read as unknown, never as missing', () => {
    const [item] = actualItems({ kind: 'invalid', why: 'it is not JSON' }, none, [], slot);
    expect(item).toMatchObject({ name: 'embedded-runtime', health: 'unknown', meta: { supervised: false } });
    expect(item?.error).toContain('it is not JSON');
  });

  it('lists processes of this home that no record names, and not the recorded ones', () => {
    const found: FoundProcess[] = [
      { pid: 101, started: 'boot:2', role: 'model server', slot: 'model' },
      stray,
    ];
    expect(actualItems(reading(), both, found, slot).map(({ name }) => name)).toEqual([
      'embedded-runtime',
      'embedded-runtime (pid 300)',
    ]);
    expect(actualItems({ kind: 'absent' }, none, [stray], slot)).toHaveLength(1);
  });
});

describe('troubleOf', () => {
  it('advises less memory when that was the reason', () => {
    const record = sampleRecord({
      state: 'failed',
      child: null,
      lastExit: { ...lastExit, outOfMemory: true },
    });
    expect(troubleOf(record, none, slot)?.fix).toContain('smaller model');
  });

  it('is null for a runtime that is well or loading', () => {
    expect(troubleOf(sampleRecord(), both, slot)).toBeNull();
    expect(troubleOf(sampleRecord({ state: 'starting' }), both, slot)).toBeNull();
  });
});
