/** Keeps one activity's steps and progress; tells about changes at most four times a second, and always the last. */
import type { Activity, ActivityKind, ActivityStep, StepProgress } from '../schemas/activity.ts';
import { isAbort } from '../lib/errors.ts';
import type { StepRunner } from './orchestrator.ts';
import type { Progress } from './resource.ts';

const TELL_EVERY_MS = 250;
const RATE_WINDOW_MS = 5000;
const RATE_AFTER_MS = 500;

export function createRecorder(
  start: { id: string; kind: ActivityKind; startedBy: string; startedAt: number },
  tell: (activity: Activity) => void,
) {
  let activity: Activity = {
    ...start,
    state: 'running',
    endedAt: null,
    steps: [],
    error: null,
    outcome: null,
  };
  let timer: NodeJS.Timeout | undefined;

  const change = (steps: ActivityStep[], now: boolean) => {
    activity = { ...activity, steps };
    if (now) {
      clearTimeout(timer);
      timer = undefined;
      tell(activity);
    } else {
      timer ??= setTimeout(() => {
        timer = undefined;
        tell(activity);
      }, TELL_EVERY_MS);
    }
  };
  const put = (index: number, changes: Partial<ActivityStep>, now: boolean) =>
    change(
      activity.steps.map((step, at) => (at === index ? { ...step, ...changes } : step)),
      now,
    );

  const step: StepRunner = async (name, title, work) => {
    const index = activity.steps.length;
    const begun: ActivityStep = {
      name,
      title,
      state: 'running',
      startedAt: Date.now(),
      endedAt: null,
      progress: null,
    };
    change([...activity.steps, begun], true);
    const measure = createRateMeter();
    let end: ActivityStep['state'] = 'done';
    try {
      const result = await work(
        (progress) => put(index, { progress: measure(progress) }, false),
        ({ state, hookRun }) => {
          if (state !== undefined) end = state;
          if (hookRun !== undefined) put(index, { hookRun }, false);
        },
      );
      put(index, { state: end, endedAt: Date.now() }, true);
      return result;
    } catch (error) {
      put(index, { state: isAbort(error) ? 'cancelled' : 'failed', endedAt: Date.now() }, true);
      throw error;
    }
  };

  return {
    step,
    current: () => activity,
    end(state: Activity['state'], outcome: string | null, error: Activity['error']): Activity {
      clearTimeout(timer);
      activity = { ...activity, state, outcome, error, endedAt: Date.now() };
      return activity;
    },
  };
}

/** Adds rate and time left from the last five seconds; both absent until they can be known. */
export function createRateMeter(clock: () => number = () => performance.now()) {
  const samples: { at: number; done: number }[] = [];
  return (progress: Progress): StepProgress => {
    const { message, done, total, unit } = progress;
    const plain = {
      message,
      ...(done === undefined ? {} : { done }),
      ...(total === undefined ? {} : { total }),
      ...(unit === undefined ? {} : { unit }),
    };
    if (done === undefined) return plain;
    const now = clock();
    // A new file or a new attempt starts the measurement again.
    if (done < (samples.at(-1)?.done ?? 0)) samples.length = 0;
    samples.push({ at: now, done });
    while (samples.length > 2 && now - (samples[0]?.at ?? now) > RATE_WINDOW_MS) samples.shift();
    const first = samples[0];
    if (first === undefined || now - first.at < RATE_AFTER_MS) return plain;
    const rate = (done - first.done) / ((now - first.at) / 1000);
    if (rate <= 0) return { ...plain, rate: 0 };
    // The first crumbs say nothing about the end: a guess of days is worse than none.
    if (total === undefined || done < total / 100) return { ...plain, rate };
    return { ...plain, rate, eta: Math.max(0, (total - done) / rate) };
  };
}
