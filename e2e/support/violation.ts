/** What a proof throws when a defence does not hold, and nothing else: a crash or a timeout is never one. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** The property under proof, in words: thrown as a Violation when it does not hold. */
export function mustHold(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Violation(otherwise);
}
