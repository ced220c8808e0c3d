/** Drift, field by field, in words: what runs, what was asked for, where both can be told. */
import type { StatusItem } from '../../_lib/wire.ts';
import { memoryWords } from './service-words.ts';

export interface DriftField {
  field: string;
  name: string;
  /** What differs, where more than the name of the field is known and it is no pair of values. */
  detail: string | null;
  runs: string | null;
  asked: string | null;
}

const NAMES: Record<string, string> = {
  tmpfs: 'temporary folders',
  configuration: 'configuration files',
  memory_limit: 'memory limit',
  restart: 'restart rule',
  security: 'security options',
  init: 'init process',
  devices: 'GPU devices',
  health_check: 'health check',
  containers: 'number of containers',
  health: 'health',
  context_size: 'context size',
  sha256: 'checksum',
};

export function fieldName(field: string): string {
  return NAMES[field] ?? field.replaceAll('_', ' ');
}

/** Kept as fingerprints, because they may hold a secret or fill a page. */
const FINGERPRINT = /^[0-9a-f]{12}(?: \((?<names>.+)\))?$/;

export function driftFields(item: StatusItem, fields: readonly string[] = item.drift ?? []): DriftField[] {
  return fields.map((field) => {
    const name = fieldName(field);
    const runs = item.meta[field];
    const asked = item.meta[`asked_${field}`];
    const print = [runs, asked].map((value) => (typeof value === 'string' ? FINGERPRINT.exec(value) : null));
    if (print.some((match) => match !== null)) {
      const names = print[0]?.groups?.['names'];
      const detail =
        names === undefined ? null : `differs in ${names}; values stay hidden, they may be secrets`;
      return { field, name, detail, runs: null, asked: null };
    }
    return { field, name, detail: null, runs: valueWords(field, runs), asked: valueWords(field, asked) };
  });
}

function valueWords(field: string, value: StatusItem['meta'][string] | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    if (field === 'memory_limit') return value === 0 ? 'no limit' : memoryWords(value);
    return String(value);
  }
  return value;
}

/** `drift_ignored` of the item: the fields that the user lets be. */
export function ignoredFields({ meta }: StatusItem): string[] {
  const { drift_ignored: fields } = meta;
  return typeof fields === 'string' && fields !== '' ? fields.split(', ') : [];
}

/** `environment and memory limit`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
