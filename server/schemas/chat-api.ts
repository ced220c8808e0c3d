/** What the engine offers of conversations to the web API. Unknown ids are `LabError`s with status 404. */
import type { ChatPreset, ChatSettings, SavePresetInput } from './chat-settings.ts';
import type { ChatsImported, ExportChatsInput } from './chat-file.ts';
import type { SearchResults } from './chat-search.ts';
import type {
  ChatMessage,
  Conversation,
  ConversationSummary,
  RegenerateInput,
  ReplyPiece,
  Turn,
  TurnInput,
} from './chat.ts';

export interface ChatApi {
  /** Newest first. */
  list(limit: number): ConversationSummary[];
  get(id: string): Conversation;
  turn(input: TurnInput): Turn;
  regenerate(input: RegenerateInput): Turn;
  /** All that stand in the place of that message, oldest first. */
  versions(conversationId: string, messageId: string): ChatMessage[];
  /** Shows the branch of that message. */
  select(conversationId: string, messageId: string): Conversation;
  /** Deletes one branch of several; 409 for the only one. */
  prune(conversationId: string, messageId: string): Conversation;
  setSettings(id: string, settings: ChatSettings): void;
  /** A reply while it is being written, from its start to its end. */
  follow(messageId: string, signal: AbortSignal): AsyncIterable<ReplyPiece>;
  /** Ends a reply early; what has come is kept. */
  stop(messageId: string): void;
  rename(id: string, title: string): void;
  remove(id: string): void;
  search(text: string): SearchResults;
  /** A file's name and text. */
  exportChats(input: ExportChatsInput): { name: string; text: string };
  /** All or nothing; 400 with the place of what is wrong. What is here already is left as it is, and told. */
  importChats(input: { text: string }): ChatsImported;
  /** The user's own presets. */
  presets(): ChatPreset[];
  savePreset(input: SavePresetInput): ChatPreset[];
  removePreset(id: string): ChatPreset[];
}
