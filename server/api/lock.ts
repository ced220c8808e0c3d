import { exportInput, historyInput, importInput } from '../schemas/lock.ts';
import { procedure, router } from './trpc.ts';

export const lockRouter = router({
  show: procedure.query(({ ctx }) => ctx.engine.lock.show()),
  history: procedure
    .input(historyInput.prefault({}))
    .query(({ ctx, input }) => ctx.engine.lock.history(input.limit)),
  export: procedure.input(exportInput.prefault({})).query(({ ctx, input }) => ctx.engine.lock.export(input)),
  verify: procedure.query(({ ctx, signal }) =>
    ctx.engine.lock.verify(signal ?? new AbortController().signal),
  ),
  // A mutation by its size only: an address holds no file.
  preview: procedure.input(importInput).mutation(({ ctx, input }) => ctx.engine.lock.preview(input)),
  import: procedure
    .input(importInput)
    .mutation(({ ctx, input }) =>
      ctx.engine.lock.import(input, ctx.caller.kind === 'cli' ? 'cli' : 'browser'),
    ),
});
