import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRecord } from '../resources/embedded-runtime/record.ts';
import { sampleRecord } from '../testing/sample-record.ts';
import { keepRecord } from './record-keeper.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-keeper-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('keepRecord', () => {
  it('writes each change, and moves `since` only when the state changes', () => {
    const file = join(folder, 'runtime.json');
    const keeper = keepRecord(file, sampleRecord({ state: 'starting', since: 1 }));
    keeper.enter('starting', { restarts: 2 });
    expect(readRecord(file)).toMatchObject({ record: { state: 'starting', since: 1, restarts: 2 } });
    keeper.enter('healthy');
    expect(keeper.record.since).toBeGreaterThan(1);
    expect(readRecord(file)).toEqual({ kind: 'record', record: keeper.record });
  });

  it('survives a disk that can not be written, and makes up for it later', () => {
    const file = join(folder, 'later', 'runtime.json');
    const keeper = keepRecord(file, sampleRecord());
    keeper.enter('unhealthy');
    expect(readRecord(file).kind).toBe('absent');
    mkdirSync(join(folder, 'later'));
    keeper.repair();
    expect(readRecord(file)).toEqual({ kind: 'record', record: keeper.record });
  });

  it('puts its own words back when someone else wrote into the file', () => {
    const file = join(folder, 'runtime.json');
    const keeper = keepRecord(file, sampleRecord());
    const ours = readFileSync(file, 'utf8');
    writeFileSync(file, '{}');
    keeper.repair();
    expect(readFileSync(file, 'utf8')).toBe(ours);
  });
});
