/** The goals that `npm run bench` measures, in the order of our table. */
import { benchCancel } from './cancel.ts';
import { benchDatabase } from './database.ts';
import { benchFanOut } from './fan-out.ts';
import { GATEWAY_ROWS } from './gateway.ts';
import { benchLoopLag } from './loop-lag.ts';
import { benchModelSpeed } from './model-speed.ts';
import type { Rig } from './rig.ts';
import { benchLooks, benchUpAndDown } from './stack.ts';
import { benchMemory } from './memory.ts';
import { benchStart } from './start.ts';
import type { Row } from './stats.ts';

export type Goal = { what: string } & (
  | { on: 'rig'; rows: (rig: Rig) => Promise<Row[]> }
  | { on: 'its own'; rows: () => Promise<Row[]> }
);

const GATEWAY = {
  P1: 'added to a reply that does not stream',
  P2: 'added to the first token of a stream',
  P3: 'transit of one chunk',
  P4: 'throughput at 64 streams',
  P5: 'burst of 64 streams at once',
  P6: 'flood of chunks',
};

const onRig = (what: string, rows: (rig: Rig) => Promise<Row[]>): Goal => ({ what, on: 'rig', rows });
const own = (what: string, rows: () => Promise<Row[]>): Goal => ({ what, on: 'its own', rows });

export const GOALS: Record<string, Goal> = {
  ...Object.fromEntries(
    Object.entries(GATEWAY).map(([id, what]) => [
      id,
      onRig(what, (rig) => GATEWAY_ROWS[id]?.(rig) ?? Promise.reject(new Error('no such row'))),
    ]),
  ),
  P7: onRig('a client leaves', benchCancel),
  P19: onRig("our server's event loop is late under load", benchLoopLag),
  P8: own('start until the first page', benchStart),
  P9: own('memory', benchMemory),
  P12: own('state of the stack, refreshed', benchLooks),
  P13: own('the stack up, up again, down', benchUpAndDown),
  P14: own('SQLite through our layer', benchDatabase),
  P15: own('live events to 500 browsers', benchFanOut),
  P18: own("the model's speed through us", benchModelSpeed),
};
