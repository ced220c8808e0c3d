import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { exampleConfig } from '../../server/schemas/config-example.ts';
import { ailab } from '../support/cli.ts';
import { badConfigs, type BadConfig } from './bad-configs.ts';

const COUNT = 1000;
const HEAP_MB = 96;

const outcome = z.object({
  name: z.string(),
  /** Of the processor, so that a loaded machine changes nothing. */
  cpuMs: z.number(),
  words: z.array(z.string()),
  values: z.number(),
  rss: z.number(),
});

let folder: string;
let bad: BadConfig[];
let outcomes: z.infer<typeof outcome>[];
let before: string;

const nameOf = (at: number) => `${String(at).padStart(4, '0')}.yaml`;

/** Names and bytes of a folder, as one hash. */
function fingerprint(path: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(path).toSorted()) hash.update(name).update(readFileSync(join(path, name)));
  return hash.digest('hex');
}

/** Past its heap, or with an exception, the process ends badly, and so does this call. */
function readAll(path: string): z.infer<typeof outcome>[] {
  const args = [`--max-old-space-size=${HEAP_MB}`, join(import.meta.dirname, 'read-configs.ts'), path];
  return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26, timeout: 240_000 })
    .trimEnd()
    .split('\n')
    .map((line) => outcome.parse(JSON.parse(line)));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-configs-'));
  bad = badConfigs(COUNT);
  for (const [at, { bytes }] of bad.entries()) writeFileSync(join(folder, nameOf(at)), bytes);
  before = fingerprint(folder);
  outcomes = readAll(folder);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a thousand bad configs', () => {
  it('each has errors that name file and line, short and harmless', () => {
    expect(outcomes).toHaveLength(COUNT);
    const wrong = outcomes.filter(({ name, words, values }) => {
      const clean = words.every(
        (text) =>
          text.startsWith(`${join(folder, name)}:`) &&
          /\.yaml:[1-9]\d*:[1-9]\d*: \S/.test(text) &&
          text.length < 1000 &&
          !/[\p{Cc}\u2028\u2029]| {4}at |call stack|undefined|\[object/u.test(text),
      );
      return !clean || words.length === 0 || words.length > 20 || values > 0;
    });
    const told = wrong.map(({ name, words }) => ({
      kind: bad[Number(name.slice(0, 4))]?.kind,
      text: bad[Number(name.slice(0, 4))]?.bytes.toString('latin1').slice(0, 200),
      words,
    }));
    expect(told).toEqual([]);
  });

  it('none takes a second of the processor, nor more than a little memory', () => {
    const slowest = outcomes.toSorted((a, b) => b.cpuMs - a.cpuMs).slice(0, 3);
    const largest = Math.max(...outcomes.map(({ rss }) => rss));
    console.log(
      `slowest ${slowest.map(({ name, cpuMs }) => `${name} (${bad[Number(name.slice(0, 4))]?.kind}) ${cpuMs.toFixed(0)} ms`).join(', ')}; resident at most ${(largest / 2 ** 20).toFixed(0)} MiB`,
    );
    expect(slowest[0]?.cpuMs).toBeLessThan(1000);
  });

  it('changes nothing on disk', () => {
    expect(fingerprint(folder)).toBe(before);
  });

  it('while a good one has no error', () => {
    const good = mkdtempSync(join(tmpdir(), 'ailab-configs-'));
    writeFileSync(join(good, 'good.yaml'), exampleConfig());
    expect(readAll(good)).toMatchObject([{ name: 'good.yaml', words: [], values: 9 }]);
    rmSync(good, { recursive: true });
  });
});

/** The whole product over one of each kind. */
describe('through the command line', () => {
  it.each(badConfigs(11, 7).map(({ kind, bytes }) => [kind, bytes] as const))('%s', async (_kind, bytes) => {
    const home = mkdtempSync(join(tmpdir(), 'ailab-config-cli-'));
    const file = join(home, 'ai-lab.yaml');
    mkdirSync(home, { recursive: true });
    writeFileSync(file, bytes);
    try {
      const up = await ailab(['up', '--starter', '--engine', 'embedded', '--home', home]);
      expect(up.stderr).toMatch(/Error \(config_invalid\): .*ai-lab\.yaml:\d+:\d+: /);
      expect(up.stderr).toMatch(/^Fix: \S/m);
      expect(up.stderr).not.toMatch(/\n {4}at /);
      expect(up.code).toBe(1);
      const status = await ailab(['status', '-o', 'json', '--engine', 'embedded', '--home', home]);
      expect([status.code, JSON.parse(status.stdout)]).toMatchObject([0, { config_valid: false }]);
      expect((await ailab(['down', '--engine', 'embedded', '--home', home])).code).toBe(0);
      expect(readFileSync(file).equals(bytes)).toBe(true);
      expect(readdirSync(join(home, 'runtimes'))).toEqual([]);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });
});
