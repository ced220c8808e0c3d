/**
 * The full sweep: `npm run test:faults [-- F1 F3 …] [--quick] [--minutes 20]`. Minutes are the limit for each fault.
 * Exit 1 when anything failed.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startTestEngine } from '../docker/harness/engine.ts';
import { FAULTS } from './all.ts';
import { dockerFaults } from './docker/faults.ts';
import { Tally, type Fault } from './fault.ts';
import { writeOutcome } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, minutes: { type: 'string', default: '20' } },
});
/** Others wait for the engine: no fault holds it longer than this. */
const ENGINE_MINUTES = 4.5;
const DOCKER = ['F5', 'F6', 'F7', 'F26'];
const known = [...FAULTS.map(({ id }) => id), ...DOCKER];
const unknown = positionals.find((id) => !known.includes(id));
if (unknown !== undefined) throw new Error(`there is no fault ${unknown}: ${known.join(' ')}`);
let failed = 0;
const wanted = (id: string) => positionals.length === 0 || positionals.includes(id);
for (const fault of FAULTS) if (wanted(fault.id)) await tryFault(fault, Number(values.minutes));
for (const id of DOCKER.filter(wanted)) {
  const engine = await startTestEngine();
  if (engine.kind === 'none') {
    console.log(`${id}: not tried: ${engine.unavailable}`);
    continue;
  }
  try {
    const fault = dockerFaults(engine).find((one) => one.id === id);
    if (fault !== undefined) await tryFault(fault, Math.min(ENGINE_MINUTES, Number(values.minutes)));
  } finally {
    await engine.stop();
  }
}
process.exit(failed === 0 ? 0 : 1);

async function tryFault(fault: Fault, minutes: number): Promise<void> {
  const meant = values.quick ? fault.quick : fault.full;
  const [load = 0] = loadavg();
  const tally = new Tally(minutes * 60_000, console.log);
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
