import { createKeyInput, idInput } from '../schemas/access.ts';
import { procedure, router } from './trpc.ts';

export const accessRouter = router({
  keys: procedure.query(({ ctx }) => ctx.engine.access.keys()),
  createKey: procedure
    .input(createKeyInput)
    .mutation(({ ctx, input }) => ctx.engine.access.createKey(input.name)),
  revokeKey: procedure.input(idInput).mutation(({ ctx, input }) => ctx.engine.access.revokeKey(input.id)),
  logins: procedure.query(({ ctx }) => ctx.engine.access.logins(ctx.caller)),
  revokeLogin: procedure.input(idInput).mutation(({ ctx, input }) => ctx.engine.access.revokeLogin(input.id)),
  loginLink: procedure.mutation(({ ctx }) => ({ url: ctx.engine.access.loginLink() })),
});
