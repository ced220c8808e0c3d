import { pullInput } from '../schemas/models.ts';
import { procedure, router } from './trpc.ts';

export const modelsRouter = router({
  pull: procedure
    .input(pullInput)
    .mutation(({ ctx, input }) =>
      ctx.engine.models.pull(input, ctx.caller.kind === 'cli' ? 'cli' : 'browser'),
    ),
});
