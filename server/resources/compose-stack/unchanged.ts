/**
 * The containers of a list, inspected where the list or an event says anything new of them since they were inspected
 * last. What an inspection costs, a look would pay for each container, and a lab's look is made all the time.
 */
import { serviceOf } from './actual.ts';
import { lastChange } from './changes.ts';
import type { EngineApi } from './engine-api.ts';
import type { ContainerDetails, ContainerSummary } from './engine-types.ts';

interface Inspected {
  print: string;
  /** See lastChange. */
  change: number | null;
  container: ContainerDetails;
}

/** By project, those of its last list. */
const inspected = new Map<string, Map<string, Inspected>>();

/** Without those that are gone since the list. */
export async function detailsOf(
  engine: Pick<EngineApi, 'container'>,
  project: string,
  list: readonly ContainerSummary[],
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  const before = inspected.get(project);
  const now = new Map<string, Inspected>();
  await Promise.all(
    list.map(async (summary) => {
      // Taken before the question: an event that comes meanwhile makes the next look ask again.
      const change = lastChange(project, summary.Id);
      const print = printOf(summary);
      const known = before?.get(summary.Id);
      const same = known !== undefined && known.print === print && isUnchanged(summary, known, change);
      const container = same ? known.container : await engine.container(summary.Id, signal);
      if (container !== null) now.set(summary.Id, same ? known : { print, change, container });
    }),
  );
  inspected.set(project, now);
  return list.flatMap(({ Id }) => now.get(Id)?.container ?? []);
}

/**
 * `docker update` shows in no list, so a service's limits are known to be the same only while events are followed; of
 * a stranger they are not told. How a check failed, or why something ended, is always asked.
 */
function isUnchanged(summary: ContainerSummary, known: Inspected, change: number | null): boolean {
  if (!isSince(summary, known.container)) return false;
  if (serviceOf(summary.Labels) === null) return true;
  return WELL.test(summary.Status ?? '') && change !== null && known.change === change;
}

const WELL = /^Up [^(]*(\(healthy\))?$/;
const AGE = /(Less than a|About an?|\d+) (second|minute|hour|day|week|month|year)s?( ago)?/;
const SECONDS: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
  year: 365 * 86_400,
};

/** All that the list says but for how long ago. A start makes a new endpoint in each network. */
function printOf({ Names, Image, State, Status = '', Ports, NetworkSettings }: ContainerSummary): string {
  const endpoints = Object.values(NetworkSettings?.Networks ?? {}).map((network) => network?.EndpointID);
  return JSON.stringify([Names, Image, State, Status.replace(AGE, ''), Ports, endpoints]);
}

/** Does the age in the list fit the start (or the end) that we know? One that was started again is younger. */
export function isSince(
  { Status = '' }: ContainerSummary,
  container: ContainerDetails,
  now = Date.now(),
): boolean {
  const { State } = container;
  if (State.Status === 'created') return true;
  const [, word = '', unit = '', ago] = AGE.exec(Status) ?? [];
  const length = SECONDS[unit];
  if (length === undefined) return false;
  const age = (now - Date.parse(ago === undefined ? State.StartedAt : State.FinishedAt)) / 1000;
  const count = word.startsWith('Less') ? 0 : word.startsWith('About') ? 1 : Number(word);
  // The engine rounds down, hours to the next.
  return age >= (count - 1) * length && age <= (count + 2) * length;
}
