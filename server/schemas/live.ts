/** The one event stream of a tab: a snapshot first, then deltas. */
import * as z from 'zod';
import { activity } from './activity.ts';
import { labOverview } from './overview.ts';
import { ledgerRow } from './metrics.ts';

export const liveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), overview: labOverview, activities: z.array(activity) }),
  z.object({ type: z.literal('overview'), overview: labOverview }),
  z.object({ type: z.literal('activity'), activity }),
  /** A reply has begun or ended: conversations are to be looked at anew. */
  z.object({ type: z.literal('chats') }),
  z.object({ type: z.literal('request'), request: ledgerRow }),
]);
export type LiveEvent = z.infer<typeof liveEvent>;
