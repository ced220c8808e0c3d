/** Text files from the user's hand: read, looked at, and refused by name where they are no text or too much. */
import type { Attachment } from '../../../../server/schemas/chat-attachments.ts';
import {
  ATTACHED_CHARACTERS_MAX,
  ATTACHMENT_BYTES_MAX,
  ATTACHMENTS_MAX,
  estimateTokens,
  withAttachments,
} from '../../../../server/schemas/attachment-text.ts';
import { formatBytes, formatCount } from '../../../../server/schemas/format.ts';

export interface FileLike {
  name: string;
  size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** `refused`: a sentence for each file that was not taken. */
export interface ReadFiles {
  files: Attachment[];
  refused: string[];
}

/** Reads `added` on top of `present`. */
export async function readFiles(
  present: readonly Attachment[],
  added: readonly FileLike[],
): Promise<ReadFiles> {
  const files = [...present];
  const refused: string[] = [];
  for (const file of added) {
    const name = plainName(file.name);
    const text = await textOf(file, name, files);
    if (typeof text === 'string') files.push({ name, text });
    else refused.push(text.refused);
  }
  return { files, refused };
}

async function textOf(
  file: FileLike,
  name: string,
  present: readonly Attachment[],
): Promise<string | { refused: string }> {
  if (present.length >= ATTACHMENTS_MAX)
    return { refused: `${name} was not taken: ${ATTACHMENTS_MAX} files go with one question.` };
  if (file.size === 0) return { refused: `${name} is empty.` };
  if (file.size > ATTACHMENT_BYTES_MAX)
    return {
      refused: `${name} has ${formatBytes(file.size)}; a file may have ${formatBytes(ATTACHMENT_BYTES_MAX)}. Paste the part that matters.`,
    };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (error) {
    const unreadable = !(error instanceof TypeError);
    return {
      refused: unreadable
        ? `${name} could not be read; it may have been moved, or is a folder.`
        : `${name} is not a text file in UTF-8. Save it as text, or copy its text into the question.`,
    };
  }
  if (text.includes('\u0000')) return { refused: `${name} is a binary file, not text.` };
  const sum = present.reduce((total, one) => total + one.text.length, text.length);
  if (sum > ATTACHED_CHARACTERS_MAX)
    return { refused: `${name} was not taken: the files together may have 1,000,000 characters.` };
  return text;
}

/** Without what no file name holds; a browser tells no path. */
function plainName(name: string): string {
  const plain = name.replaceAll(/[\p{Cc}/\\]+/gu, ' ').trim();
  return plain === '' ? 'file' : plain.slice(-200);
}

export interface Weight {
  words: string;
  /** They cannot fit, or may not. */
  tone: 'idle' | 'warn' | 'bad';
}

/** What files and words weigh against the context, as honestly as it can be told without the model's vocabulary. */
export function weigh(
  text: string,
  files: readonly Attachment[],
  before: string,
  contextSize: number | null,
): Weight {
  const { low, high } = estimateTokens(withAttachments(text, files) + before);
  const words = `About ${formatCount(roundOff(low))} to ${formatCount(roundOff(high))} tokens with the conversation so far`;
  if (contextSize === null) return { words: `${words}.`, tone: 'idle' };
  const room = formatCount(contextSize);
  if (low > contextSize)
    return {
      words: `${words}: more than the context of ${room} holds. Take files away, or raise context_size.`,
      tone: 'bad',
    };
  if (high > contextSize * 0.9)
    return { words: `${words}, of a context of ${room}: it may not all fit.`, tone: 'warn' };
  return { words: `${words}, of a context of ${room}.`, tone: 'idle' };
}

/** Two figures: more would be made up. */
function roundOff(value: number): number {
  if (value < 100) return value;
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}
