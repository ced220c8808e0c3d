/** A main thread's tasks as lines of the bench. */
import type { Row } from './stats.ts';
import type { Task } from './trace.ts';

/** Longer holds up what the user does meanwhile. */
const LONG_MS = 50;

/** Thread time has the goal; what the clock says depends on what else runs on the machine. */
export function taskRows(what: string, tasks: readonly Task[]): Row[] {
  const longest = tasks.toSorted((a, b) => b.cpu - a.cpu).slice(0, 3);
  return [
    {
      what: `${what}: tasks, thread time`,
      figure: inWords(tasks, 'cpu'),
      goal: `≤ ${LONG_MS} ms`,
      met: (longest[0]?.cpu ?? 0) <= LONG_MS,
    },
    { what: `${what}: tasks, on the clock`, figure: inWords(tasks, 'wall') },
    ...longest.map(({ cpu, within }) => ({ what: `  a task of ${cpu.toFixed(0)} ms`, figure: within })),
  ];
}

/** `longest 31 ms, 0 over 50 ms, 2104 ms in all`, in thread time, then the same on the clock. */
function inWords(tasks: readonly Task[], of: 'cpu' | 'wall'): string {
  const times = tasks.map((task) => task[of]);
  const long = times.filter((time) => time > LONG_MS);
  const blocking = long.reduce((sum, time) => sum + time - LONG_MS, 0);
  const all = times.reduce((sum, time) => sum + time, 0);
  return `longest ${Math.max(0, ...times).toFixed(0)} ms, ${long.length} over ${LONG_MS} ms (${blocking.toFixed(0)} ms beyond), ${all.toFixed(0)} ms in all`;
}
