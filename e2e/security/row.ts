import type { Lab } from '../support/lab.ts';

/** A row of trust.md A5: an attack, and the proof that it gets nothing. */
export interface Row {
  /** As in trust.md, and as `AILAB_TEST_DISABLE` calls it. */
  id: string;
  /** The property, in words. */
  describe: string;
  /** Throws a Violation when the property does not hold; any other error means that the proof itself has failed. */
  prove(lab: Lab): Promise<void>;
}
