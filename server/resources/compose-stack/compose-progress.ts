/**
 * What `docker compose --progress json` writes to stderr, one object a line. v2 (seen with 2.40): `{id, status}` with
 * words like "Creating", or `{id, text}`; last `{error: true, message}`. v5 (cmd/display/json.go): `{id, parent_id,
 * status: Working|Done|Warning|Error, text, details}`. Lines of another shape are plain words of some program.
 */
import * as z from 'zod';
import { parseJson } from '../../lib/json.ts';

const line = z.object({
  id: z.string().optional(),
  status: z.string().optional(),
  text: z.string().optional(),
  details: z.string().optional(),
  error: z.union([z.boolean(), z.string()]).optional(),
  message: z.string().optional(),
  msg: z.string().optional(),
  level: z.string().optional(),
});

export type ComposeWord =
  | { kind: 'progress'; id: string; text: string }
  | { kind: 'error'; text: string }
  | { kind: 'plain'; text: string };

const V5_STATES = new Set(['Working', 'Done', 'Warning', 'Error']);

export function readComposeLine(text: string): ComposeWord | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  const parsed = line.safeParse(parseJson(trimmed));
  if (!parsed.success) return { kind: 'plain', text: trimmed };
  const { id, status, text: words, details, error, message, msg, level } = parsed.data;
  if (error === true || status === 'Error' || level === 'error')
    return { kind: 'error', text: message ?? msg ?? details ?? words ?? 'no reason given' };
  if (typeof error === 'string') return { kind: 'error', text: error };
  if (id === undefined) return { kind: 'plain', text: msg ?? message ?? trimmed };
  const action = status !== undefined && V5_STATES.has(status) ? words : (status ?? words);
  return { kind: 'progress', id, text: action ?? 'Working' };
}

/** Feeds chunks, gives whole lines. */
export function createLineReader(onLine: (line: string) => void): { feed(text: string): void; end(): void } {
  let rest = '';
  return {
    feed(text) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
