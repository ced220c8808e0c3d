/** A page's main thread, task by task, from Chromium's own trace. */
import type { Browser, Page } from '@playwright/test';
import * as z from 'zod';

export interface Task {
  /** Milliseconds of the thread's own time: what else ran on the machine is not in it. */
  cpu: number;
  /** Milliseconds on the clock. */
  wall: number;
  /** The dearest things within it, with their milliseconds of thread time. */
  within: string;
}

const event = z.object({
  name: z.string(),
  ph: z.string(),
  pid: z.number(),
  tid: z.number(),
  ts: z.number().default(0),
  dur: z.number().optional(),
  tdur: z.number().optional(),
  args: z.record(z.string(), z.unknown()).default({}),
});
type Event = z.infer<typeof event>;
const trace = z.object({ traceEvents: z.array(event) });

const TASK = 'ThreadControllerImpl::RunTask';

/** The tasks of the page's main thread while `work` runs. */
export async function traced(browser: Browser, page: Page, work: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline', '__metadata'] });
  let raw: Buffer;
  try {
    await work();
  } finally {
    raw = await browser.stopTracing();
  }
  const { traceEvents } = trace.parse(JSON.parse(raw.toString('utf8')));
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args['name'] === 'CrRendererMain')
      .map((one) => place(one)),
  );
  // A trace holds every tab's process; the busiest main thread is the page's.
  const sums = new Map<string, number>();
  for (const one of traceEvents)
    if (one.name === TASK && mains.has(place(one)))
      sums.set(place(one), (sums.get(place(one)) ?? 0) + (one.tdur ?? 0));
  const [busiest = ['', 0]] = [...sums].toSorted((a, b) => b[1] - a[1]);
  return tasksOf(traceEvents.filter((one) => one.ph === 'X' && place(one) === busiest[0]));
}

const place = ({ pid, tid }: Event) => `${pid}/${tid}`;
const ms = (microseconds = 0) => microseconds / 1000;

function tasksOf(events: Event[]): Task[] {
  const inOrder = events.toSorted((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  const tasks: Task[] = [];
  let end = Number.NEGATIVE_INFINITY;
  let parts: Event[] = [];
  for (const one of inOrder) {
    const inside = one.ts < end;
    if (inside) parts.push(one);
    if (inside || one.name !== TASK) continue;
    end = one.ts + (one.dur ?? 0);
    parts = [];
    const mine = parts;
    tasks.push({
      cpu: ms(one.tdur),
      wall: ms(one.dur),
      get within() {
        return dearest(mine);
      },
    });
  }
  return tasks;
}

function dearest(parts: Event[]): string {
  const sums = new Map<string, number>();
  for (const { name, tdur } of parts) sums.set(name, (sums.get(name) ?? 0) + ms(tdur));
  return [...sums]
    .toSorted((a, b) => b[1] - a[1])
    .slice(0, 5)
    .map(([name, sum]) => `${name} ${sum.toFixed(0)}`)
    .join(', ');
}
