import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog, tellingWords } from './log-file.ts';

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

  it('drops what it can not write, and still knows the end of it', () => {
    const log = openLog(join(folder, 'no', 'such', 'folder', 'runtime.log'));
    log.write('a\nb\nc\n');
    expect(log.tail()).toBe('a\nb\nc\n');
    log.forget();
    expect(log.tail()).toBe('');
  });
});

describe('tellingWords', () => {
  it('prefers the first different errors over the clean-up that follows them', () => {
    const log = [
      '0.00.01 I srv  initializing',
      "0.00.02 E llama_model_load: error loading model: tensor 'x' is not within the file bounds",
      '0.00.03 E failed to load model',
      "0.00.04 E llama_model_load: error loading model: tensor 'x' is not within the file bounds",
      '0.00.05 I cleaning up before exit',
      '0.00.06 E exiting due to model loading error',
    ].join('\n');
    expect(tellingWords(log).split('\n')).toEqual([
      "llama_model_load: error loading model: tensor 'x' is not within the file bounds",
      'failed to load model',
      'exiting due to model loading error',
    ]);
  });

  it('is the last lines where no line is marked as an error', () => {
    expect(tellingWords('a\nb\nc\nd\n')).toBe('b\nc\nd');
    expect(tellingWords('')).toBe('');
  });
});
