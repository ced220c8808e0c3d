/** How the model is told of the files of a question, and what they weigh. Without zod: Chat loads this first. */
import type { Attachment } from './chat-attachments.ts';

export const ATTACHMENTS_MAX = 10;
export const ATTACHMENT_BYTES_MAX = 512 * 1024;
/** Of all the files of one question, in characters. */
export const ATTACHED_CHARACTERS_MAX = 1_000_000;

/** A question as the model gets it: each file in a fence longer than any within it, then the user's words. */
export function withAttachments(text: string, files: readonly Attachment[]): string {
  return [...files.map(fenced), text].join('\n\n');
}

function fenced({ name, text }: Attachment): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([marks]) => marks.length));
  const fence = '`'.repeat(longest + 1);
  return `File ${JSON.stringify(name)}:\n${fence}\n${text.replace(/\n$/, '')}\n${fence}`;
}

/**
 * Tokens of a text, as a range: without the model's own vocabulary nobody knows better. English prose has 4 to 5
 * characters a token, code and other languages 2 to 3 (of CJK about 1).
 */
export function estimateTokens(text: string): { low: number; high: number } {
  const wide = (text.match(/[\u2e80-\uffff]/g) ?? []).length;
  const narrow = text.length - wide;
  return { low: Math.ceil(narrow / 5 + wide * 0.7), high: Math.ceil(narrow / 2.5 + wide * 1.5) };
}
