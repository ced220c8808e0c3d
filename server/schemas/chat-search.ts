/** Search over all conversations. */
import * as z from 'zod';

export const searchInput = z.strictObject({ text: z.string().max(200) });

/** A piece of a text; `hit`: it is what was looked for. */
const piece = z.object({ text: z.string(), hit: z.boolean() });
export type Piece = z.infer<typeof piece>;

export const searchResult = z.object({
  conversationId: z.string(),
  title: z.array(piece),
  updatedAt: z.number(),
  /** The newest of the messages that were found, at most three. */
  messages: z.array(z.object({ id: z.string(), role: z.enum(['user', 'assistant']), words: z.array(piece) })),
});
export type SearchResult = z.infer<typeof searchResult>;

export const searchResults = z.object({
  results: z.array(searchResult),
  /** More was found than is told. */
  more: z.boolean(),
});
export type SearchResults = z.infer<typeof searchResults>;
