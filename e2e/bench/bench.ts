/**
 * `npm run bench`: every goal of our table (P1 to P19, without those that tests hold), printed and recorded in
 * e2e/BENCH.md. `npm run bench -- P1 P7`: those alone, printed only; so are the parts that have a name.
 */
import { loadavg } from 'node:os';
import { benchChat } from './chat.ts';
import { benchChats } from './chats.ts';
import { benchFirstLoad } from './first-load.ts';
import { GOALS, type Goal } from './goals.ts';
import { benchLighthouse } from './lighthouse.ts';
import { benchLoad } from './load.ts';
import { machineWords, record } from './record.ts';
import { benchRuntimes } from './runtimes.ts';
import { openRig, type Rig } from './rig.ts';
import { benchScale } from './scale.ts';
import { benchShare } from './share.ts';
import { NOT_MEASURED, table, verdictOf, type Row } from './stats.ts';

const BUSY_LOAD = 1;
const PARTS: Record<string, () => Promise<Row[]>> = {
  'first-load': benchFirstLoad,
  load: benchLoad,
  lighthouse: benchLighthouse,
  runtimes: benchRuntimes,
  share: benchShare,
  chats: benchChats,
  chat: benchChat,
  scale: benchScale,
};
/** Names for several goals. */
const GROUPS: Record<string, string[]> = {
  gateway: ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7'],
  stack: ['P12', 'P13'],
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const [load = 0] = loadavg();
const asked = process.argv.slice(2).flatMap((name) => GROUPS[name] ?? [name]);
const known = [...Object.keys(GOALS), ...Object.keys(PARTS)];
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined)
  throw new Error(`no part "${unknown}": ${[...known, ...Object.keys(GROUPS)].join(', ')}`);

const begun = performance.now();
const startedAt = new Date();
console.log(`${startedAt.toISOString()}  ${machineWords()}, load ${load.toFixed(2)}`);
if (load > BUSY_LOAD)
  console.log('The machine is busy: these figures are worth little. Run it again when the load is below 1.');

const rows: Row[] = [];
const goals = Object.entries(GOALS).filter(([id]) => asked.length === 0 || asked.includes(id));
for (let at = 0; at < goals.length;) {
  // Neighbours that need the relays share them.
  const onRig = goals.slice(at).findIndex(([, goal]) => goal.on !== 'rig');
  const group = goals.slice(at, onRig === -1 ? goals.length : at + Math.max(1, onRig));
  rows.push(...(group[0]?.[1].on === 'rig' ? await onTheRig(group) : await alone(group)));
  at += group.length;
}
for (const name of asked) if (PARTS[name] !== undefined) rows.push(...(await PARTS[name]()));
console.log(`\n${table(rows)}`);
const seconds = (performance.now() - begun) / 1000;
console.log(`${seconds.toFixed(0)} s`);
if (asked.length === 0) console.log(`recorded in ${record({ startedAt, load, seconds, rows })}`);
process.exit(0);

async function onTheRig(group: [string, Goal][]): Promise<Row[]> {
  let rig: Rig;
  try {
    rig = await openRig();
  } catch (error) {
    return group.map(([id, goal]) => notMeasured(id, goal, error));
  }
  try {
    const found: Row[] = [];
    for (const [id, goal] of group)
      if (goal.on === 'rig') found.push(...(await guarded(id, goal, () => goal.rows(rig))));
    return found;
  } finally {
    await rig.stop();
  }
}

async function alone(group: [string, Goal][]): Promise<Row[]> {
  const found: Row[] = [];
  for (const [id, goal] of group)
    if (goal.on === 'its own') found.push(...(await guarded(id, goal, () => goal.rows())));
  return found;
}

/** A goal that could not be measured is a row that says why, and the others go on. */
async function guarded(id: string, goal: Goal, measure: () => Promise<Row[]>): Promise<Row[]> {
  const from = performance.now();
  const found = await measure().catch((error: unknown) => [notMeasured(id, goal, error)]);
  const seconds = ((performance.now() - from) / 1000).toFixed(0);
  for (const row of found) console.log(`${id} (${seconds} s) ${row.what}: ${row.figure} ${verdictOf(row)}`);
  return found;
}

function notMeasured(id: string, { what }: Goal, error: unknown): Row {
  const why = error instanceof Error ? error.message : String(error);
  return { id, what, figure: `${NOT_MEASURED} ${why.replaceAll(/\s+/g, ' ').slice(0, 300)}` };
}
