/** Search over the titles and the messages of all conversations: every word, each by its beginning. */
import type { Db } from '../../db/client.ts';
import { HIT_BEGINS, HIT_ENDS, searchMessages, searchTitles } from '../../db/queries/chat-search.ts';
import type { Piece, SearchResult, SearchResults } from '../schemas/chat-search.ts';

const CONVERSATIONS_MAX = 50;
const MESSAGES_MAX = 200;
const MESSAGES_EACH = 3;
const WORDS_MAX = 12;

/** Quoted words only: nothing that is typed is FTS5 syntax. Undefined when there is no word in it. */
export function matchOf(text: string): string | undefined {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  if (words.length === 0) return undefined;
  return words
    .slice(0, WORDS_MAX)
    .map((word) => `"${word}"*`)
    .join(' AND ');
}

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, part] of text.split(HIT_BEGINS).entries()) {
    const [hit = '', rest] = index === 0 ? ['', part] : part.split(HIT_ENDS);
    if (hit !== '') pieces.push({ text: hit, hit: true });
    if (rest !== undefined && rest !== '') pieces.push({ text: rest, hit: false });
  }
  return pieces;
}

export function searchChats(db: Db, text: string): SearchResults {
  const match = matchOf(text);
  if (match === undefined) return { results: [], more: false };
  const found = new Map<string, SearchResult>();
  const titles = searchTitles(db, match, CONVERSATIONS_MAX + 1);
  const messages = searchMessages(db, match, MESSAGES_MAX + 1);
  for (const { conversationId, title, updatedAt } of titles)
    found.set(conversationId, { conversationId, title: piecesOf(title), updatedAt, messages: [] });
  for (const { conversationId, title, updatedAt, messageId, role, words } of messages) {
    const result = found.get(conversationId) ?? {
      conversationId,
      title: [{ text: title, hit: false }],
      updatedAt,
      messages: [],
    };
    found.set(conversationId, result);
    if (result.messages.length >= MESSAGES_EACH) continue;
    result.messages.push({
      id: messageId,
      role: role === 'user' ? 'user' : 'assistant',
      words: piecesOf(words),
    });
  }
  const results = [...found.values()];
  const more = results.length > CONVERSATIONS_MAX || messages.length > MESSAGES_MAX;
  return { results: results.slice(0, CONVERSATIONS_MAX), more };
}
