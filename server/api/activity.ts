import * as z from 'zod';
import { idInput } from '../schemas/access.ts';
import { procedure, router, startedBy } from './trpc.ts';

export const activityRouter = router({
  list: procedure
    .input(z.strictObject({ limit: z.number().int().min(1).max(200).default(50) }).prefault({}))
    .query(({ ctx, input }) => ctx.engine.activities.list(input.limit)),
  get: procedure.input(idInput).query(({ ctx, input }) => ctx.engine.activities.get(input.id)),
  cancel: procedure.input(idInput).mutation(({ ctx, input }) => ctx.engine.activities.cancel(input.id)),
  retry: procedure
    .input(idInput)
    .mutation(({ ctx, input }) => ctx.engine.activities.retry(input.id, startedBy(ctx.caller))),
});
