/** e2e/BENCH.md: one line for each figure, with the last two whole runs beside each other. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { verdictOf, type Row } from './stats.ts';

const FILE = join(import.meta.dirname, '..', 'BENCH.md');
const BUSY_LOAD = 1;
const HEAD = `# Benchmarks

\`npm run bench\` measures the built product beside what it is compared with, and writes this page; the latest run stands
in the left columns, the one before it in the right ones. Sides are taken in turns, in an order drawn anew each round; a
ratio is the median of the rounds' ratios, with its middle half in brackets. Gateway figures: one model stand-in behind
all relays, our key check and metering on. Compare ratios, not milliseconds of different machines.
`;
/** What the profiles of November 2026 said, for the goals that we miss. */
const LIMITS = `
## Why some are short

- **P1, P2**: compare with the raw pipe, twenty lines of node:http in the same run, which checks no key and counts nothing:
  it is at 0.32 of Portkey and 0.25 of a Next route itself, and we are at 1.2 of it. The milliseconds follow the machine:
  the same build, alone and four times in a row, added 0.55 to 0.79 ms to a reply, the pipe 0.48 to 0.63. With six relays
  in turns on two cores everyone finds cold caches. Along a reply's way we take 0.33 ms from its request's coming to its
  leaving (pipe 0.26; gate, key, the body read and parsed) and 0.09 on the way back (pipe 0.11); the rest is two more writes
  and two more wake-ups of a process. Metering comes after the reply.
- **P3**: the same wake-up and write for each chunk; the pipe is at direct + 0.08 to 0.24 ms as well. From a chunk's coming
  to its leaving we take 0.06 ms (pipe 0.09); what is counted after it competes with its reader for two cores.
- **P8**: before Next is loaded we take 150 ms on a quiet machine: Node itself 25, our modules 100 (schemas, tables, YAML,
  the command line), the database, its lease, the port and the engine 25. Compiled code is kept beside the program, a
  page and the router are loaded when they are first asked for, and what a start does not need is not read. The rest is
  Next's own start, which is the empty app's, less its compiling.
- **P12**, the whole status: half of it is Docker's list (2 ms, asked anew each time) and the way over HTTP with its two
  processes; the rest is looking at files, weights and processes, which goes on beside Docker's answer. A container is
  inspected when the list or an event says anything new of it; an image that no registry knows (all four here) at each
  look, which costs 1 to 2 ms: while these were remembered, as a registry's are, it was 5.6 ms, 0.057. Asked in a row it
  took 4.5 ms: here each look comes after Compose has had both cores, and finds cold caches.
- **P13**, \`down\`: the engine alone, with all containers stopped at once, takes 0.75 to 0.8 of compose's time. One container
  by itself takes it 110 ms to stop (40 until it has ended, 50 for its network, one after the other for all of them), 10 to
  remove, and the network 45 at the end; the first SIGTERM leaves after 45 ms with us, 30 alone, 190 with Compose. What we
  take beyond the engine was 20 and 55 ms in these runs (up to 80 in others, and we do not know why: how often we look
  makes no difference). Weaviate, Prometheus and Grafana are given the time to write what they hold.
`;
const COLUMNS = ['#', 'what', 'goal', 'ours', 'beside', 'ratio', '', 'before: ours', 'before: ratio', ''];

export interface Run {
  startedAt: Date;
  /** Of the machine, before the run. */
  load: number;
  seconds: number;
  rows: readonly Row[];
}

export function machineWords(): string {
  const [cpu] = cpus();
  return `${cpu?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown processor'}, ${availableParallelism()} threads, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`;
}

/** The file's path below the project. */
export function record(run: Run): string {
  const old = existsSync(FILE) ? readFileSync(FILE, 'utf8').split('\n') : [];
  const before = new Map(
    old
      .filter((line) => /^\| P\d+ /.test(line))
      .map((line) => line.slice(2, -2).split(' | '))
      .map((cells) => [`${cells[0]} ${cells[1]}`, cells]),
  );
  const lines = run.rows.map((row) => {
    const cells = [row.id, row.what, row.goal, row.figure, row.beside, row.ratio, verdictOf(row)].map(
      (cell) => (cell ?? '').replaceAll('|', '/').replaceAll(/\s+/g, ' ').trim() || '–',
    );
    const past = before.get(`${cells[0]} ${cells[1]}`);
    return `| ${[...cells, past?.[3] ?? '–', past?.[5] ?? '–', past?.[6] ?? '–'].join(' | ')} |`;
  });
  const latest = `Latest: ${words(run)}`;
  const past =
    old.find((line) => line.startsWith('Latest: '))?.replace('Latest: ', 'Before: ') ?? 'Before: none.';
  const rule = COLUMNS.map(() => '---').join(' | ');
  writeFileSync(
    FILE,
    `${HEAD}\n${latest}\n\n${past}\n\n| ${COLUMNS.join(' | ')} |\n| ${rule} |\n${lines.join('\n')}\n${LIMITS}`,
  );
  return 'e2e/BENCH.md';
}

function words({ startedAt, load, seconds }: Run): string {
  const busy = load > BUSY_LOAD ? ': the machine was busy, these figures are worth little' : '';
  return `${startedAt.toISOString().slice(0, 16)}Z, ${machineWords()}, load before ${load.toFixed(2)}${busy}; ${seconds.toFixed(0)} s.`;
}
