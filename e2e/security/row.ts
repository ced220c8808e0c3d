import type { Lab } from '../support/lab.ts';

/** A row of trust.md A5: an attack, and the proof that it gets nothing. */
export interface Row {
  /** As in trust.md, and as `AILAB_TEST_DISABLE` calls it. */
  id: string;
  /** The property, in words. */
  describe: string;
  /** Throws a Violation when the property does not hold; any other error means that the proof itself has failed. */
  prove(lab: Lab): Promise<void>;
  /** Parts of the defence that can be switched off alone, each of which the proof must miss. */
  parts?: readonly string[];
  /** The same proof over a copy without the defence, where that is no part of the server. */
  without?: () => Promise<void>;
  /** The proof brings the lab up, so that a weakened one needs a model, too. */
  needsModel?: boolean;
}
