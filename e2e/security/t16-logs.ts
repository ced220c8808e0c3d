/** T16: what a program writes into its log is text: it moves no cursor, hides nothing, and is not endless. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateHome } from '../../server/lib/home.ts';
import { MAX_LINE } from '../../server/lib/harmless.ts';
import { remoteLogs } from '../../server/main/remote-logs.ts';
import { HOSTILE_LINES } from '../../server/testing/hostile-lines.ts';
import { ailab } from '../support/cli.ts';
import type { Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const LONG = 200_000;

async function prove(lab: Lab): Promise<void> {
  const payloads = [...HOSTILE_LINES.map(([payload]) => payload), 'x'.repeat(LONG)];
  appendFileSync(
    join(locateHome(lab.home).logs, 'runtime.log'),
    payloads.map((line) => `${line}\n`).join(''),
  );
  const read: string[] = [];
  const input = { service: 'model', tail: payloads.length, follow: false };
  for await (const lines of remoteLogs(lab.api(), input, AbortSignal.timeout(20_000)))
    read.push(...lines.map(({ text }) => text));
  if (read.length !== payloads.length)
    throw new Error(`${read.length} of ${payloads.length} lines were read`);
  for (const [at, [payload, wanted]] of HOSTILE_LINES.entries())
    mustHold(read[at] === wanted, `${JSON.stringify(payload)} is shown as ${JSON.stringify(read[at])}`);
  const long = read.at(-1)?.length ?? 0;
  mustHold(long <= MAX_LINE + 20, `a line of ${LONG} characters is shown with ${long}`);
  const { stdout } = await ailab(['logs', 'model', '--home', lab.home]);
  const control = /(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u.exec(stdout);
  mustHold(control === null, `the terminal is sent ${JSON.stringify(control?.[0])}`);
}

export const t16: Row = {
  id: 'T16',
  describe: `${HOSTILE_LINES.length} hostile log lines are shown as the text they hold, and an endless one is cut`,
  prove,
};
