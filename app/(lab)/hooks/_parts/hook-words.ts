/** Hooks in words, the same in the list and on the page of one. */
import type { Activity, HookView } from '../../../_lib/wire.ts';
import { STEP_STATES } from '../../../_lib/words.ts';
import type { Tone } from '../../../_ui/state.tsx';

export const PHASES: readonly { phase: HookView['phase']; title: string; note: string; short: string }[] = [
  {
    phase: 'pre_apply',
    title: 'Before the lab starts',
    note: 'One after the other, before anything is made. One that fails stops the start.',
    short: 'before the lab starts',
  },
  {
    phase: 'post_apply',
    title: 'After the model has answered',
    note: 'One after the other. One that fails is reported; the lab stays up.',
    short: 'after the model has answered',
  },
];

/** How a hook stands: what keeps it from running comes before how it went last. */
export function standing({ confirmed, notRun, runs }: HookView): { tone: Tone; word: string } {
  if (!confirmed) return { tone: 'warn', word: 'Not confirmed' };
  if (notRun !== null) return { tone: 'idle', word: 'Not run' };
  const [last] = runs;
  return last === undefined ? { tone: 'idle', word: 'Never run' } : STEP_STATES[last.state];
}

/** Changes whenever a run of a hook begins or ends. */
export function runsStamp(activities: readonly Activity[]): string {
  return activities
    .flatMap(({ steps }) => steps)
    .flatMap(({ hookRun, state }) => (hookRun === undefined ? [] : [`${hookRun.id} ${state}`]))
    .join();
}
