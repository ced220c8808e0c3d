import { procedure, router } from './trpc.ts';

export const supportRouter = router({
  bundle: procedure.query(({ ctx, signal }) =>
    ctx.engine.support.bundle(signal ?? new AbortController().signal),
  ),
});
