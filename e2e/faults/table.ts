/** e2e/FAULTS.md: one line for each fault, replaced when it was run again; the date stands in the line. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Fault, Tally } from './fault.ts';

const FILE = join(import.meta.dirname, '..', 'FAULTS.md');
const HEAD = `# Faults

Each line is a fault of our table, how often it was tried on a real build, and what came of it: \`npm run test:faults\`
writes them, one line as soon as its fault is through. \`200/200\` means: tried 200 times, and 200 times what is
expected held. Where fewer were reached than meant, the line says so. Load is the machine's before the run: figures of
a busy machine are worse than those of an idle one. Times under "expected" are what is aimed at; a run fails only past
some slack for a busy machine, so read the figures beside them.

| # | fault | expected | held | figures | when, on what |
|---|---|---|---|---|---|
`;

export interface Outcome {
  fault: Fault;
  tally: Tally;
  meant: number;
  seconds: number;
  load: number;
}

export function writeOutcome({ fault, tally, meant, seconds, load }: Outcome): void {
  const tried = tally.passed + tally.failures.length;
  const short = tried < meant ? ` (of ${meant} meant: time was up)` : '';
  const words = [
    ...[...tally.figures].map(([name, value]) => `${name}: ${value}`),
    ...tally.skipped.map((why) => `not tried: ${why}`),
    ...tally.failures.slice(0, 3).map((why) => `FAILED ${why.slice(0, 200)}`),
  ];
  const [cpu] = cpus();
  const machine = `${cpu?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown'}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const line = [
    fault.id,
    fault.title,
    fault.expected,
    `${tally.passed}/${tried}${short}`,
    words.join('; '),
    `${new Date().toISOString().slice(0, 16)}Z, ${seconds.toFixed(0)} s, load ${load.toFixed(1)}, ${machine}`,
  ]
    .map((cell) => cell.replaceAll('|', '/').replaceAll(/\s+/g, ' '))
    .join(' | ');
  const lines = present().filter((other) => idOf(other) !== fault.id);
  const all = [...lines, `| ${line} |`].toSorted((a, b) => rank(idOf(a)) - rank(idOf(b)));
  writeFileSync(FILE, `${HEAD}${all.join('\n')}\n`);
}

function present(): string[] {
  if (!existsSync(FILE)) return [];
  return readFileSync(FILE, 'utf8')
    .split('\n')
    .filter((line) => idOf(line) !== '');
}

function idOf(line: string): string {
  return /^\| (F\d+\w*) \|/.exec(line)?.[1] ?? '';
}

/** F1, F1d, F2 …: by number, then by suffix. */
function rank(id: string): number {
  const [, number = '0', suffix = ''] = /^F(\d+)(\w*)$/.exec(id) ?? [];
  return Number(number) * 1000 + (suffix.codePointAt(0) ?? 0);
}
