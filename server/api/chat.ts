import { exportChatsInput, importChatsInput } from '../schemas/chat-file.ts';
import { searchInput } from '../schemas/chat-search.ts';
import { presetIdInput, savePresetInput } from '../schemas/chat-settings.ts';
import {
  conversationId,
  listInput,
  messageId,
  messageInput,
  regenerateInput,
  renameInput,
  settingsInput,
  turnInput,
} from '../schemas/chat.ts';
import { procedure, router } from './trpc.ts';

export const chatRouter = router({
  list: procedure.input(listInput).query(({ ctx, input }) => ctx.engine.chats.list(input.limit)),
  get: procedure.input(conversationId).query(({ ctx, input }) => ctx.engine.chats.get(input.conversationId)),
  turn: procedure.input(turnInput).mutation(({ ctx, input }) => ctx.engine.chats.turn(input)),
  regenerate: procedure
    .input(regenerateInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.regenerate(input)),
  versions: procedure
    .input(messageInput)
    .query(({ ctx, input }) => ctx.engine.chats.versions(input.conversationId, input.messageId)),
  select: procedure
    .input(messageInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.select(input.conversationId, input.messageId)),
  prune: procedure
    .input(messageInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.prune(input.conversationId, input.messageId)),
  setSettings: procedure
    .input(settingsInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.setSettings(input.conversationId, input.settings)),
  follow: procedure.input(messageId).subscription(async function* ({ ctx, input, signal }) {
    yield* ctx.engine.chats.follow(input.messageId, signal ?? new AbortController().signal);
  }),
  stop: procedure.input(messageId).mutation(({ ctx, input }) => ctx.engine.chats.stop(input.messageId)),
  rename: procedure
    .input(renameInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.rename(input.conversationId, input.title)),
  remove: procedure
    .input(conversationId)
    .mutation(({ ctx, input }) => ctx.engine.chats.remove(input.conversationId)),
  search: procedure.input(searchInput).query(({ ctx, input }) => ctx.engine.chats.search(input.text)),
  export: procedure.input(exportChatsInput).query(({ ctx, input }) => ctx.engine.chats.exportChats(input)),
  import: procedure.input(importChatsInput).mutation(({ ctx, input }) => ctx.engine.chats.importChats(input)),
  presets: procedure.query(({ ctx }) => ctx.engine.chats.presets()),
  savePreset: procedure
    .input(savePresetInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.savePreset(input)),
  removePreset: procedure
    .input(presetIdInput)
    .mutation(({ ctx, input }) => ctx.engine.chats.removePreset(input.id)),
});
