/** Rounds of the same work on several sides, in an order that is drawn anew for each round. */
import { shuffled } from './stats.ts';

/** What each side had, round by round: the same index is the same round. Warm-up rounds are not in it. */
export async function rounds<Side, T>(
  sides: readonly Side[],
  count: number,
  warmUp: number,
  work: (side: Side, round: number) => Promise<T>,
): Promise<Map<Side, T[]>> {
  const found = new Map<Side, T[]>(sides.map((side) => [side, []]));
  for (let round = -warmUp; round < count; round += 1)
    for (const side of shuffled(sides)) {
      const result = await work(side, round);
      if (round >= 0) found.get(side)?.push(result);
    }
  return found;
}

/** Round by round. */
export function paired(
  ours: readonly number[],
  theirs: readonly number[],
  of: (one: number, other: number) => number,
): number[] {
  return ours.map((one, at) => of(one, theirs[at] ?? NaN));
}

export const minus = (one: number, other: number) => one - other;
export const over = (one: number, other: number) => one / other;
