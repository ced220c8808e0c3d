/** Builds that are broken on purpose, by fault of trust.md B2: the checker of the faults must find each of them out. */
import { eq } from 'drizzle-orm';
import { activities, apiKeys, leases } from '../../db/schema.ts';
import type { RunningEngine } from '../../server/engine/engine.ts';

type Weaken = (engine: RunningEngine) => RunningEngine;

/** No intent: what an activity is about to do is written nowhere. */
const noIntent: Weaken = (engine) => ({
  ...engine,
  lab: {
    ...engine.lab,
    async up(input, startedBy) {
      const begun = await engine.lab.up(input, startedBy);
      engine.parts.db.delete(activities).where(eq(activities.id, begun.id)).run();
      return begun;
    },
  },
});

/** Acknowledged before it is written. */
const earlyWord: Weaken = (engine) => ({
  ...engine,
  access: {
    ...engine.access,
    createKey(name) {
      const { db } = engine.parts;
      const made = engine.access.createKey(name);
      const rows = db.select().from(apiKeys).where(eq(apiKeys.id, made.id)).all();
      db.delete(apiKeys).where(eq(apiKeys.id, made.id)).run();
      setTimeout(() => db.insert(apiKeys).values(rows).run(), 2000).unref();
      return made;
    },
  },
});

/** No lock: everyone begins at once. */
const noLock: Weaken = (engine) => {
  const free = () => engine.parts.db.delete(leases).where(eq(leases.name, 'activity')).run();
  return {
    ...engine,
    lab: {
      ...engine.lab,
      up(input, startedBy) {
        free();
        return engine.lab.up(input, startedBy);
      },
      down(input, startedBy) {
        free();
        return engine.lab.down(input, startedBy);
      },
    },
  };
};

export const BROKEN: Record<string, { weaken: Weaken }> = {
  F1: { weaken: noIntent },
  F3: { weaken: earlyWord },
  F19: { weaken: noLock },
};
