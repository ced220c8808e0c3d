/** Text files that go along with a question: what may come in. */
import * as z from 'zod';
import { ATTACHED_CHARACTERS_MAX, ATTACHMENT_BYTES_MAX, ATTACHMENTS_MAX } from './attachment-text.ts';

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
