import { idInput } from '../schemas/access.ts';
import { hookConfirmInput, hookNameInput } from '../schemas/hooks.ts';
import { procedure, router, startedBy } from './trpc.ts';

/** No procedure takes a command: hooks are written in ai-lab.yaml, and a browser can only run and confirm them. */
export const hooksRouter = router({
  list: procedure.query(({ ctx }) => ctx.engine.hooks.list()),
  get: procedure.input(idInput).query(({ ctx, input }) => ctx.engine.hooks.get(input.id)),
  runNow: procedure
    .input(hookNameInput)
    .mutation(({ ctx, input }) => ctx.engine.hooks.runNow(input.name, startedBy(ctx.caller))),
  confirm: procedure.input(hookConfirmInput).mutation(({ ctx, input }) => ctx.engine.hooks.confirm(input)),
});
