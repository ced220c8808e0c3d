/** Text files that go along with a question: what may come in, how the model is told of them, and what they weigh. */
import { z } from 'zod';

export const ATTACHMENTS_MAX = 10;
export const ATTACHMENT_BYTES_MAX = 512 * 1024;
/** Of all the files of one question, in characters. */
export const ATTACHED_CHARACTERS_MAX = 1_000_000;

// oxlint-disable-next-line no-control-regex -- a NUL is what tells a binary file from text
const NUL = /\u0000/;

export const attachment = z.strictObject({
  /** As the browser told it, without a path. */
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}/\\]+$/u, 'a file name without a path'),
  text: z
    .string()
    .max(ATTACHMENT_BYTES_MAX)
    .refine((text) => !NUL.test(text), 'a binary file is not sent'),
});
export type Attachment = z.infer<typeof attachment>;

export const attachments = z
  .array(attachment)
  .max(ATTACHMENTS_MAX)
  .refine(
    (files) => files.reduce((sum, { text }) => sum + text.length, 0) <= ATTACHED_CHARACTERS_MAX,
    `at most ${ATTACHED_CHARACTERS_MAX} characters in all files together`,
  );

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
