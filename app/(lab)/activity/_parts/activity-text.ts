/** Activities in words: their order, and one of them as plain text to paste elsewhere. */
import { formatDuration } from '../../../../server/schemas/format.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES, STEP_STATES } from '../../../_lib/words.ts';

/** What runs comes first; the order is kept otherwise. */
export function runningFirst(list: readonly Activity[]): Activity[] {
  return list.toSorted((a, b) => Number(b.state === 'running') - Number(a.state === 'running'));
}

export function startedByWords(startedBy: string): string {
  if (startedBy === 'browser') return 'from this dashboard';
  return startedBy === 'cli' ? 'from a terminal' : `by ${startedBy}`;
}

/** Times in ISO form, so that they mean the same to whoever reads it. */
export function activityText(activity: Activity): string {
  const { kind, state, startedAt, endedAt, outcome, error, steps } = activity;
  const length = endedAt === null ? '' : ` after ${formatDuration(endedAt - startedAt)}`;
  const lines = [
    `${ACTIVITY_KINDS[kind]}: ${ACTIVITY_STATES[state].word.toLowerCase()}${length}`,
    `started ${new Date(startedAt).toISOString()} ${startedByWords(activity.startedBy)}`,
    ...steps.map((step) => {
      const took = step.endedAt === null ? '' : `, ${formatDuration(step.endedAt - step.startedAt)}`;
      return `- ${step.title}: ${STEP_STATES[step.state].word.toLowerCase()}${took}`;
    }),
  ];
  if (outcome !== null) lines.push(outcome);
  if (error !== null) lines.push(`error ${error.code}: ${error.message}`, `fix: ${error.fix}`);
  return lines.join('\n');
}
