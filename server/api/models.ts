import { fitInput, modelIdInput } from '../schemas/inventory.ts';
import { pullInput } from '../schemas/models.ts';
import { procedure, router } from './trpc.ts';

const never = new AbortController().signal;

export const modelsRouter = router({
  pull: procedure
    .input(pullInput)
    .mutation(({ ctx, input }) =>
      ctx.engine.models.pull(input, ctx.caller.kind === 'cli' ? 'cli' : 'browser'),
    ),
  list: procedure.query(({ ctx, signal }) => ctx.engine.models.list(signal ?? never)),
  use: procedure
    .input(modelIdInput)
    .mutation(({ ctx, input, signal }) => ctx.engine.models.use(input, signal ?? never)),
  // Once begun, it goes on when the browser goes away.
  remove: procedure.input(modelIdInput).mutation(({ ctx, input }) => ctx.engine.models.remove(input, never)),
  fit: procedure
    .input(fitInput.prefault({}))
    .query(({ ctx, input, signal }) => ctx.engine.models.fit(input, signal ?? never)),
});
