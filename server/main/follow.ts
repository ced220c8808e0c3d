/** Follows an activity in the terminal, step by step; Ctrl-C cancels it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Activity, ActivityStep } from '../schemas/activity.ts';
import { formatByteRate, formatBytes, formatDuration, formatTimeLeft } from '../schemas/format.ts';
import type { LabClient } from './lab-client.ts';

const POLL_MS = 150;

export interface FollowOptions {
  /** Human-readable lines go here: stderr, so that stdout stays data. */
  write: (text: string) => void;
  terminal: boolean;
}

/** Resolves with the ended activity. */
export async function follow(
  client: LabClient,
  started: Activity,
  options: FollowOptions,
): Promise<Activity> {
  let activity = started;
  let interrupted = false;
  let cancelling: Promise<unknown> | undefined;
  const onSignal = () => {
    if (interrupted) process.exit(130);
    interrupted = true;
    options.write('\nCancelling … (once more to leave at once)\n');
    cancelling = client.cancel(started.id).catch(() => undefined);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const printer = createPrinter(options);
  try {
    while (activity.state === 'running') {
      printer.show(activity);
      await sleep(POLL_MS);
      activity = await client.activity(started.id);
    }
    await cancelling;
    printer.show(activity);
    printer.end();
    return activity;
  } finally {
    process.removeListener('SIGINT', onSignal);
    process.removeListener('SIGTERM', onSignal);
  }
}

const MARKS = {
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  skipped: 'skipped',
  interrupted: 'interrupted',
  running: '…',
} as const;

function createPrinter({ write, terminal }: FollowOptions) {
  const told = new Set<string>();
  let live = '';
  const clear = () => {
    if (live !== '') write('\r\u001b[2K');
    live = '';
  };
  return {
    show(activity: Activity) {
      for (const [index, step] of activity.steps.entries()) {
        const key = `${index}`;
        if (step.endedAt !== null && !told.has(key)) {
          told.add(key);
          clear();
          write(`${step.title}: ${MARKS[step.state]} (${formatDuration(step.endedAt - step.startedAt)})\n`);
        }
      }
      const current = activity.steps.findLast((step) => step.endedAt === null);
      if (terminal && current !== undefined) {
        clear();
        live = describe(current);
        write(live);
      }
    },
    end: clear,
  };
}

function describe(step: ActivityStep): string {
  const { progress } = step;
  const parts = [step.title];
  if (progress?.done !== undefined && progress.unit === 'bytes') {
    parts.push(
      progress.total === undefined
        ? formatBytes(progress.done)
        : `${formatBytes(progress.done)} of ${formatBytes(progress.total)}`,
    );
    // Nothing comes: the message says since when.
    if (progress.rate === 0) parts.push(progress.message);
    else if (progress.rate !== undefined) parts.push(formatByteRate(progress.rate));
    if (progress.eta !== undefined) parts.push(formatTimeLeft(progress.eta));
  } else if (progress !== null) {
    parts.push(progress.message);
  }
  return parts.join(' · ').slice(0, Math.max(20, (process.stderr.columns ?? 80) - 1));
}
