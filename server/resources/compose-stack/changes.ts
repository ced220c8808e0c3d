/**
 * Whether Docker's events of a project are followed, and when the last one of each container came. What an inspection
 * tells and the list does not, changes with an event only.
 */
interface Followed {
  since: number;
  /** By container. */
  last: Map<string, number>;
}

const followed = new Map<string, Followed>();
const MOST_KEPT = 500;
let count = 0;

/** The events are followed from now on. */
export function followChanges(project: string): void {
  count += 1;
  followed.set(project, { since: count, last: new Map() });
}

/** An event of one container came. */
export function changed(project: string, id: string): void {
  const one = followed.get(project);
  if (one === undefined) return;
  if (one.last.size >= MOST_KEPT) return followChanges(project);
  count += 1;
  one.last.set(id, count);
}

/** Nobody listens any more. */
export function unfollowChanges(project: string): void {
  followed.delete(project);
}

/** The same number as long as no event of the container came; null while nobody listens. */
export function lastChange(project: string, id: string): number | null {
  const one = followed.get(project);
  return one === undefined ? null : (one.last.get(id) ?? one.since);
}
