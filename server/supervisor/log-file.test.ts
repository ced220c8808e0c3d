import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog } from './log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('openLog', () => {
  it('keeps one older file and never exceeds the limit by more than a chunk', () => {
    const file = join(folder, 'runtime.log');
    const log = openLog(file, 20);
    for (const line of ['first line\n', 'second line\n', 'third line\n', 'fourth line\n']) log.write(line);
    expect(readdirSync(folder).toSorted()).toEqual(['runtime.log', 'runtime.log.1']);
    expect(readFileSync(file, 'utf8')).toBe('fourth line\n');
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('third line\n');
  });

  it('counts what an earlier run left in the file', () => {
    const file = join(folder, 'runtime.log');
    openLog(file, 20).write('x'.repeat(15));
    openLog(file, 20).write('y'.repeat(10));
    expect(readFileSync(file, 'utf8')).toBe('y'.repeat(10));
  });

  it('drops what it can not write, and still knows the last words', () => {
    const log = openLog(join(folder, 'no', 'such', 'folder', 'runtime.log'));
    log.write('a\nb\nc\n');
    expect(log.lastWords(2)).toBe('b\nc');
    log.forget();
    expect(log.lastWords()).toBe('');
  });
});
