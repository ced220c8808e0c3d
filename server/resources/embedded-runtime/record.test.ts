import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePrivateFile } from '../../lib/private-file.ts';
import { parseRecord, readRecord } from './record.ts';
import { sampleRecord } from '../../testing/sample-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-record-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the record', () => {
  it('comes back as it was written, readable by its owner only, and leaves no temporary file', () => {
    const file = join(folder, 'runtime.json');
    writePrivateFile(file, JSON.stringify(sampleRecord()));
    expect(readRecord(file)).toEqual({ kind: 'record', record: sampleRecord() });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['runtime.json']);
  });

  it('is absent when there is no file, and invalid when it can not be read', () => {
    expect(readRecord(join(folder, 'none.json'))).toEqual({ kind: 'absent' });
    expect(readRecord(folder)).toMatchObject({ kind: 'invalid' });
  });

  it.each([
    ['empty', '', 'not JSON'],
    ['garbage', '\u0000\u0001', 'not JSON'],
    ['truncated', JSON.stringify(sampleRecord()).slice(0, 80), 'not JSON'],
    ['null', 'null', 'expected object'],
    ['another format', JSON.stringify({ ...sampleRecord(), format: 2 }), 'format'],
    [
      'a pid of the wrong type',
      JSON.stringify({ ...sampleRecord(), child: { pid: 'x', started: '' } }),
      'child.pid',
    ],
    [
      'pid 0, which would mean our own group',
      JSON.stringify({ ...sampleRecord(), child: { pid: 0, started: '' } }),
      'child.pid',
    ],
    ['an unknown state', JSON.stringify({ ...sampleRecord(), state: 'happy' }), 'state'],
  ])('is invalid when it is %s, and says what is wrong', (_name, text, why) => {
    const reading = parseRecord(text);
    expect(reading.kind).toBe('invalid');
    expect(reading.kind === 'invalid' && reading.why).toContain(why);
  });

  it('keeps the old record whole when the new one can not be written', () => {
    const file = join(folder, 'runtime.json');
    writeFileSync(file, 'old');
    expect(() => writePrivateFile(join(folder, 'none', 'runtime.json'), 'new')).toThrow(/ENOENT/);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });
});
