import { tracked } from '@trpc/server';
import * as z from 'zod';
import { procedure, router } from './trpc.ts';

export const liveRouter = router({
  events: procedure
    .input(z.strictObject({ lastEventId: z.string().max(64).nullish() }).optional())
    .subscription(async function* ({ ctx, input, signal }) {
      const until = signal ?? new AbortController().signal;
      for await (const { id, event } of ctx.engine.events(input?.lastEventId ?? undefined, until)) {
        yield tracked(id, event);
      }
    }),
});
