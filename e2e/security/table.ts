/**
 * `npm run test:defences` runs them and prints the table; `node e2e/security/table.ts` prints that of the last run. One
 * line a row: which test fails without its defence. Exits 1 while a row is missing or does not bite.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readRecords, type Recorded } from './record.ts';

/** Rows of trust.md A5. */
const THREATS = 22;
const TESTS = ['e2e/security', 'e2e/docker/stack.test.ts'];

function lineOf(id: string, records: readonly Recorded[]): string {
  const [row] = records;
  if (row === undefined) return `| ${id} | | not run | no | |`;
  const tests = records.map(({ test, file }) => `${test} (${file})`).join('; ');
  const found = records.map(({ finding }) =>
    finding.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 160),
  );
  return `| ${id} | ${row.describe} | ${tests} | ${bite(records) ? 'yes' : 'NO'} | ${found.join(' / ')} |`;
}

const bite = (records: readonly Recorded[]) => records.length > 0 && records.every(({ bites }) => bites);

function main(): void {
  const root = join(import.meta.dirname, '..', '..');
  if (process.argv.includes('--run')) {
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const args = [vitest, 'run', '--config', 'e2e/vitest.config.ts', ...TESTS];
    spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  }
  const all = readRecords();
  const rows = Array.from({ length: THREATS }, (_, at) => {
    const id = `T${at + 1}`;
    return { id, records: all.filter((one) => one.id.split('.')[0] === id) };
  });
  const biting = rows.filter(({ records }) => bite(records)).length;
  console.log(
    [
      '| row | what holds | the test that fails with its defence off | bites | what it found |',
      '|---|---|---|---|---|',
      ...rows.map(({ id, records }) => lineOf(id, records)),
      '',
      `${biting} of ${THREATS} defences bite.`,
    ].join('\n'),
  );
  process.exitCode = biting === THREATS ? 0 : 1;
}

main();
