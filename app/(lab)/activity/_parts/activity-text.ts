/** Activities in words: their order, and one of them as plain text to paste elsewhere. */
import { formatDuration } from '../../../../server/schemas/format.ts';
import type { Activity } from '../../../_lib/wire.ts';
import { ACTIVITY_KINDS, ACTIVITY_STATES, STEP_STATES } from '../../../_lib/words.ts';

export interface ActivityGroups {
  running: Activity[];
  /** Did not end well, and nothing of that kind has since. */
  attention: Activity[];
  record: Activity[];
}

/** `list`: newest first; each group keeps that order. */
export function grouped(list: readonly Activity[]): ActivityGroups {
  const groups: ActivityGroups = { running: [], attention: [], record: [] };
  const settled = new Set<Activity['kind']>();
  for (const activity of list) {
    const { kind, state } = activity;
    const unwell = state === 'failed' || state === 'interrupted';
    if (state === 'running') groups.running.push(activity);
    else if (unwell && !settled.has(kind)) groups.attention.push(activity);
    else groups.record.push(activity);
    if (state !== 'running') settled.add(kind);
  }
  return groups;
}

/** What did not end as it was to; what deletes data or needs a file, the server refuses to simply do again. */
export function canBeRetried({ kind, state }: Activity): boolean {
  return kind !== 'import' && (state === 'failed' || state === 'cancelled' || state === 'interrupted');
}

export function startedByWords(startedBy: string): string {
  if (startedBy === 'browser') return 'from this dashboard';
  return startedBy === 'cli' ? 'from a terminal' : `by ${startedBy}`;
}

function errorLines({ code, message, fix, explanation }: NonNullable<Activity['error']>): string[] {
  const lines = [`error ${code}: ${message}`, `fix: ${fix}`];
  if (explanation === undefined) return lines;
  const { cause, sentence, evidence, raw } = explanation;
  const seen = evidence === null ? [] : [`seen in ${evidence.source}: ${evidence.line}`];
  return [...lines, `cause ${cause}: ${sentence}`, ...seen, ...raw.map((line) => `| ${line}`)];
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
      const last = step.state === 'done' || step.progress === null ? '' : `; last: ${step.progress.message}`;
      return `- ${step.title}: ${STEP_STATES[step.state].word.toLowerCase()}${took}${last}`;
    }),
  ];
  if (outcome !== null) lines.push(outcome);
  if (error !== null) lines.push(...errorLines(error));
  return lines.join('\n');
}
