/** What a lock says, in lines for a person. Pure; the same in terminal and browser. */
import { formatBytes, plural } from '../schemas/format.ts';
import {
  PACKAGE_TYPE,
  PROCESS_ENTRY,
  STACK_ENTRY,
  WEIGHTS_TYPE,
  type LockDocument,
} from '../schemas/lock.ts';
import { isOfLab } from './compare.ts';

export function summarize(document: LockDocument): string[] {
  const ours = document.resources.filter(isOfLab);
  const lines = ours.flatMap(({ type, id, metadata }) => {
    if (type === WEIGHTS_TYPE) return [weightsLine(id, metadata)];
    if (type === STACK_ENTRY.type || type === PROCESS_ENTRY.type) return runLines(metadata);
    return type === PACKAGE_TYPE ? [`Package ${id} ${String(metadata['version'] ?? '')}`.trim()] : [];
  });
  const foreign = document.resources.length - ours.length;
  return foreign === 0
    ? lines
    : [...lines, `${plural(foreign, 'entry', 'entries')} of another tool, kept as found`];
}

function weightsLine(id: string, { size, sha256, revision }: Record<string, unknown>): string {
  const parts = [
    `Model ${id}`,
    ...(typeof size === 'number' ? [formatBytes(size)] : []),
    ...(typeof revision === 'string' ? [`revision ${revision.slice(0, 12)}`] : []),
    ...(typeof sha256 === 'string' ? [`SHA-256 ${sha256.slice(0, 12)}`] : []),
  ];
  return parts.join(' · ');
}

function runLines(metadata: Record<string, unknown>): string[] {
  const { engine, profile, runtime, version, flags, ports, services } = metadata;
  const head = [
    `Engine ${String(engine ?? 'unknown')}`,
    `profile ${String(profile ?? 'unknown')}`,
    `runtime ${[runtime, version].filter((part) => typeof part === 'string').join(' ')}`,
  ].join(' · ');
  return [
    head,
    ...named('Flags', flags, (name, value) => `${name} ${String(value)}`),
    ...named('Ports', ports, (name, value) => `${name} ${String(value)}`),
    ...named('Images', services, (name, value) => `${name} ${digestOf(value)}`),
  ];
}

function named(title: string, map: unknown, words: (name: string, value: unknown) => string): string[] {
  if (typeof map !== 'object' || map === null) return [];
  const list = Object.entries(map).map(([name, value]) => words(name, value));
  return list.length === 0 ? [] : [`${title}: ${list.join(', ')}`];
}

function digestOf(service: unknown): string {
  if (typeof service !== 'object' || service === null || !('digest' in service)) return 'unknown';
  const short = String(service.digest).replace('sha256:', '').slice(0, 12);
  return 'local' in service && service.local === true ? `${short} (of this machine only)` : short;
}
