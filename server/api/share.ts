import { idInput } from '../schemas/access.ts';
import { createShareInput } from '../schemas/share.ts';
import { procedure, router, startedBy } from './trpc.ts';

export const shareRouter = router({
  list: procedure.query(({ ctx }) => ctx.engine.share.list()),
  create: procedure
    .input(createShareInput)
    .mutation(({ ctx, input }) => ctx.engine.share.create(input, startedBy(ctx.caller))),
  revoke: procedure.input(idInput).mutation(({ ctx, input }) => ctx.engine.share.revoke(input.id)),
  snapshot: procedure.query(({ ctx, signal }) =>
    ctx.engine.share.snapshot(signal ?? new AbortController().signal),
  ),
});
