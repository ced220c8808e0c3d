/** What the Models page says about an entry, and in which order entries stand. Pure. */
import { formatBytes, formatCount, formatParameters } from '../../../../server/schemas/format.ts';
import type { Activity, ModelEntry, ModelList } from '../../../_lib/wire.ts';
import type { Tone } from '../../../_ui/state.tsx';

export const SORTS = [
  { value: 'used', label: 'Last used' },
  { value: 'size', label: 'Size' },
  { value: 'name', label: 'Name' },
] as const;
export type Sort = (typeof SORTS)[number]['value'];

const ORDER: Record<Sort, (a: ModelEntry, b: ModelEntry) => number> = {
  used: (a, b) => (b.lastUsedAt ?? 0) - (a.lastUsedAt ?? 0),
  size: (a, b) => b.sizeBytes - a.sizeBytes,
  name: () => 0,
};

/** The configured model first, then models, then what is left over; within these as asked for. */
export function shown(entries: readonly ModelEntry[], search: string, sort: Sort): ModelEntry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (entry: ModelEntry) => {
    const text = [entry.title, entry.name, entry.file, entry.architecture, entry.quantization, entry.licence]
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return entries
    .filter(matches)
    .toSorted(
      (a, b) =>
        Number(b.configured) - Number(a.configured) ||
        Number(a.kind !== 'model') - Number(b.kind !== 'model') ||
        ORDER[sort](a, b) ||
        a.title.localeCompare(b.title) ||
        a.path.localeCompare(b.path),
    );
}

export function stateOf(entry: ModelEntry): { tone: Tone; word: string } | null {
  if (entry.configured && entry.error === null) return { tone: 'ok', word: 'The lab’s model' };
  if (entry.error !== null) return { tone: 'bad', word: 'Can’t be used' };
  if (entry.kind === 'broken') return { tone: 'bad', word: 'Broken link' };
  if (entry.kind === 'leftover') return { tone: 'warn', word: 'Left over' };
  return entry.safe === null ? null : { tone: 'idle', word: 'Copy' };
}

/** `llama · 135 M parameters · Q4_1 · 8,192 tokens`, as much of it as the file says. */
export function factsLine(entry: ModelEntry): string {
  return [
    entry.architecture,
    entry.parameters === null ? null : `${formatParameters(entry.parameters)} parameters`,
    entry.quantization,
    entry.contextLength === null ? null : `${formatCount(entry.contextLength)} tokens`,
    entry.parts > 1 ? `${entry.parts} files` : null,
  ]
    .filter((one) => one !== null)
    .join(' · ');
}

export function summary({ entries, totalBytes, safeBytes }: ModelList): string {
  const models = entries.filter(({ kind }) => kind === 'model').length;
  const safe = safeBytes > 0 ? `; ${formatBytes(safeBytes)} can go without losing anything` : '';
  return `${models === 1 ? '1 model' : `${formatCount(models)} models`}, ${formatBytes(totalBytes)} on disk${safe}`;
}

export interface Choice {
  id: string;
  file: string;
  size: string;
}

/** The models that a refused pull offers: the lines of its message, `  name.gguf (1.2 GB)`. */
export function choicesOf(error: Activity['error']): Choice[] {
  if (error === null || !['hub_ambiguous', 'hub_file_not_found'].includes(error.code)) return [];
  const repo = /^(\S+\/\S+) has /.exec(error.message)?.[1];
  if (repo === undefined) return [];
  return [...error.message.matchAll(/^ {2}(.+\.gguf) \(([^)]+)\)$/gim)].map(([, file = '', size = '']) => ({
    id: `${repo}:${file}`,
    file,
    size,
  }));
}

/** The first line of a message with a list in it. */
export function headOf(message: string): string {
  return message.split('\n')[0] ?? message;
}

/** Share of the bar that each part takes: of the room, or of the sum where that is larger. */
export function shares(parts: readonly number[], room: number | null): { parts: number[]; room: number } {
  const sum = parts.reduce((total, part) => total + part, 0);
  const whole = Math.max(sum, room ?? 0, 1);
  return { parts: parts.map((part) => part / whole), room: (room ?? 0) / whole };
}
