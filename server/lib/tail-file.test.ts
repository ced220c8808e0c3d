import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { tailFile, type TailOptions } from './tail-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ailab-tail-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let file: string;
let count = 0;
beforeEach(() => {
  file = join(folder, `${(count += 1)}.log`);
});

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `line ${from + at}`);
const text = (lines: string[]) => lines.map((line) => `${line}\n`).join('');

async function read(options: Partial<TailOptions> = {}): Promise<string[]> {
  const signal = new AbortController().signal;
  const pieces = tailFile({ file, predecessor: `${file}.1`, lines: 200, follow: false, signal, ...options });
  return (await Array.fromAsync(pieces)).flat();
}

/** Follows; each pause of the reader runs the next step, and the last one ends it. */
async function follow(steps: (() => void)[], lines = 200): Promise<string[]> {
  const abort = new AbortController();
  const left = [...steps];
  const pause = async () => {
    const step = left.shift();
    if (step === undefined) abort.abort();
    else step();
  };
  return read({ follow: true, signal: abort.signal, pause, lines });
}

describe('the last lines', () => {
  it('are as many as asked for, with what has no line end', async () => {
    writeFileSync(file, `${text(numbered(1, 300))}unended`);
    expect(await read({ lines: 3 })).toEqual(['line 299', 'line 300', 'unended']);
    expect(await read({ lines: 0 })).toEqual([]);
  });

  it('begin in the file before, when the new one is still short', async () => {
    writeFileSync(`${file}.1`, text(numbered(1, 50)));
    writeFileSync(file, text(numbered(51, 52)));
    expect(await read({ lines: 4 })).toEqual(numbered(49, 52));
  });

  it('of a file that is not there are none, and the file before still counts', async () => {
    expect(await read()).toEqual([]);
    writeFileSync(`${file}.1`, text(['old']));
    expect(await read()).toEqual(['old']);
  });

  it('take at most a megabyte, from a whole line on', async () => {
    writeFileSync(file, text(Array.from({ length: 3000 }, (_, at) => `${at} ${'x'.repeat(996)}`)));
    const lines = await read({ lines: 5000 });
    expect(lines.length).toBeGreaterThan(1000);
    expect(lines.length).toBeLessThan(1060);
    expect(lines.every((line) => /^\d+ x{996}$/.test(line))).toBe(true);
  });
});

describe('following', () => {
  it('tells what is added, also a line in pieces and a character cut in two', async () => {
    writeFileSync(file, 'one\nbegun');
    const euro = Buffer.from('€');
    const lines = await follow([
      () => appendFileSync(file, ' and ended\nprice '),
      () => appendFileSync(file, euro.subarray(0, 1)),
      () => appendFileSync(file, Buffer.concat([euro.subarray(1), Buffer.from('\n')])),
    ]);
    expect(lines).toEqual(['one', 'begun and ended', 'price €']);
  });

  it('goes on in the new file when the log is moved away, and loses nothing of the old one', async () => {
    writeFileSync(file, text(['one']));
    const lines = await follow([
      () => {
        appendFileSync(file, text(['last of the old']));
        renameSync(file, `${file}.1`);
        writeFileSync(file, text(['first of the new']));
      },
      () => appendFileSync(file, text(['second'])),
    ]);
    expect(lines).toEqual(['one', 'last of the old', 'first of the new', 'second']);
  });

  it('begins anew when the file is emptied', async () => {
    writeFileSync(file, text(numbered(1, 3)));
    const lines = await follow([() => truncateSync(file), () => appendFileSync(file, text(['new']))], 1);
    expect(lines).toEqual(['line 3', 'new']);
  });

  it('waits for a file that is not there yet', async () => {
    expect(await follow([() => undefined, () => writeFileSync(file, text(['hello']))])).toEqual(['hello']);
  });
});
