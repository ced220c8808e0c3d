/**
 * The full sweep: `npm run test:faults [-- F1 F3 …] [--quick] [--minutes 20]`. Minutes are the limit for each fault.
 * Exit 1 when anything failed.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { FAULTS } from './all.ts';
import { Tally } from './fault.ts';
import { writeOutcome } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, minutes: { type: 'string', default: '20' } },
});
const unknown = positionals.find((id) => !FAULTS.some((fault) => fault.id === id));
if (unknown !== undefined)
  throw new Error(`there is no fault ${unknown}: ${FAULTS.map(({ id }) => id).join(' ')}`);
let failed = 0;
for (const fault of FAULTS) {
  if (positionals.length > 0 && !positionals.includes(fault.id)) continue;
  const meant = values.quick ? fault.quick : fault.full;
  const [load = 0] = loadavg();
  const tally = new Tally(Number(values.minutes) * 60_000, console.log);
  const begun = performance.now();
  console.log(`${fault.id} ${fault.title}: ${meant} runs …`);
  try {
    await fault.run(meant, tally);
  } catch (error) {
    tally.failures.push(`the test itself: ${String(error)}`);
    console.error(error);
  }
  const seconds = (performance.now() - begun) / 1000;
  failed += tally.failures.length;
  if (!values.quick) writeOutcome({ fault, tally, meant, seconds, load });
  console.log(
    `${fault.id}: ${tally.passed} of ${tally.passed + tally.failures.length} held in ${seconds.toFixed(0)} s`,
    Object.fromEntries(tally.figures),
  );
}
process.exit(failed === 0 ? 0 : 1);
