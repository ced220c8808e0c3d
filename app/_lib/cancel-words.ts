/** What a cancel leaves as it is, per kind: said before it is pressed, and after. */
import type { Activity } from './wire.ts';

const STAYS: Record<Activity['kind'], string> = {
  up: 'Downloads stay and go on from there next time; services that came up stay up until the lab is stopped.',
  down: 'What has ended stays ended; Start brings it back.',
  pull: 'What has come so far stays, and the next download goes on from there.',
  import: 'What was done before stays done.',
  hook: 'What the hook has done so far stays done.',
};

/** `Nothing is rolled back. What has come so far stays, …` */
export function notRolledBack({ kind }: Pick<Activity, 'kind'>): string {
  return `Nothing is rolled back. ${STAYS[kind]}`;
}
