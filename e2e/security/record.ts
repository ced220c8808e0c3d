/** What a run of the defences has found, kept for the table that sums it up (table.ts): one file for each test file. */
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../support/lab.ts';

const FOLDER = join(ROOT, 'e2e', '.out', 'defences');

export const recorded = z.object({
  /** Of a row, or of a part of one: `T17.shell`. */
  id: z.string(),
  describe: z.string(),
  /** Name of the test. */
  test: z.string(),
  /** Where it is, from the repository's root. */
  file: z.string(),
  /** Did the proof fail, by its own finding, where the defence was off? */
  bites: z.boolean(),
  /** The finding in words, or why there was none. */
  finding: z.string(),
});
export type Recorded = z.infer<typeof recorded>;

const pathOf = (file: string) => join(FOLDER, `${basename(file, '.test.ts')}.jsonl`);

/** Called at the start of a test file: what it found in an earlier run no longer counts. */
export function startRecord(file: string): void {
  mkdirSync(FOLDER, { recursive: true });
  rmSync(pathOf(file), { force: true });
}

export function record(one: Recorded): void {
  mkdirSync(FOLDER, { recursive: true });
  appendFileSync(pathOf(one.file), `${JSON.stringify(one)}\n`);
}

export function readRecords(): Recorded[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER).flatMap((name) =>
    readFileSync(join(FOLDER, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => recorded.parse(JSON.parse(line))),
  );
}
