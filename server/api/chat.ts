import { conversationId, regenerateInput, renameInput, turnInput } from '../schemas/chat.ts';
import { procedure, router } from './trpc.ts';

export const chatRouter = router({
  list: procedure.query(({ ctx }) => ctx.engine.chats.list()),
  get: procedure.input(conversationId).query(({ ctx, input }) => ctx.engine.chats.get(input.conversationId)),
  turn: procedure.input(turnInput).mutation(({ ctx, input }) => ctx.engine.chats.turn(input)),
  regenerate: procedure
    .input(regenerateInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.regenerate(input)),
  rename: procedure
    .input(renameInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.rename(input.conversationId, input.title)),
  remove: procedure
    .input(conversationId)
    .mutation(({ ctx, input }) => ctx.engine.chats.remove(input.conversationId)),
});
