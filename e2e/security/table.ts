/**
 * `node e2e/security/table.ts`: the table of the last run, one line a row: does its test fail without its defence?
 * Exits 1 while a row is missing or one does not bite. `npm run test:defences` runs the tests first.
 */
import { readRecords, type Recorded } from './record.ts';
import { THREATS } from './rows.ts';

const ids = Array.from({ length: THREATS }, (_, at) => `T${at + 1}`);

function lineOf(records: readonly Recorded[], id: string): string {
  const [row] = records;
  if (row === undefined) return `| ${id} | not run | | no |`;
  const bites = records.every((one) => one.bites);
  const parts = records.map(({ test, file }) => `${file}: ${test}`).join('; ');
  const findings = records
    .map(({ finding }) => finding)
    .join(' / ')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');
  return `| ${id} | ${row.describe} | ${parts} | ${bites ? 'yes' : 'NO'} | ${findings.slice(0, 240)} |`;
}

const all = readRecords();
const of = (id: string) => all.filter((one) => one.id.split('.')[0] === id);
const bite = ids.filter((id) => of(id).length > 0 && of(id).every((one) => one.bites));
const lines = [
  '| row | what holds | failing test with the defence off | bites | what it found |',
  '|---|---|---|---|---|',
  ...ids.map((id) => lineOf(of(id), id)),
  '',
  `${bite.length} of ${ids.length} defences bite.`,
];
console.log(lines.join('\n'));
process.exitCode = bite.length === ids.length ? 0 : 1;
