/** Where somebody has said something else than the lock: a flag, the environment or ai-lab.yaml. Pure. */
import type { ConfigFile, ConfigOverrides } from '../schemas/config.ts';
import { EMBEDDINGS_SERVICE } from '../schemas/lab.ts';
import type { LockDifference } from '../schemas/lock.ts';
import type { LockedFacts } from './facts.ts';

export interface Said {
  flags: ConfigOverrides;
  environment: ConfigOverrides;
  file: ConfigFile;
}

/** What nobody has said is as the lock says; only what was said aloud can contradict it. */
export function conflicts(facts: LockedFacts, said: Said): LockDifference[] {
  const { profile, engine, flags } = facts;
  return [
    ...modelConflict(facts, said),
    ...conflict(said, 'profile', profile, () => true),
    ...conflict(said, 'engine', engine, (wanted) => wanted !== 'auto'),
    ...conflict(said, 'context_size', flags.context_size, () => true),
    ...portConflicts(facts, said.file),
    ...embeddingsConflict(facts, said.file),
    ...(engine === 'docker' ? stackConflicts(facts, said.file) : []),
  ];
}

type Key = 'profile' | 'engine' | 'context_size';
type Layer = readonly [where: string, values: ConfigOverrides];

const layers = ({ flags, environment, file }: Said): readonly Layer[] => [
  ['flag', flags],
  ['environment', environment],
  ['ai-lab.yaml', file],
];

/** The first layer that says something counts. */
function conflict(
  said: Said,
  key: Key,
  locked: string | number,
  counts: (wanted: string | number) => boolean,
): LockDifference[] {
  for (const [where, values] of layers(said)) {
    const wanted = values[key];
    if (wanted === undefined) continue;
    if (wanted === locked || !counts(wanted)) return [];
    return [different(key, locked, `${wanted} (${where})`)];
  }
  return [];
}

/** A path counts by what lies there, which is compared later; a name counts by itself. */
function modelConflict({ weights }: LockedFacts, said: Said): LockDifference[] {
  for (const [where, { model_path: path, model_id: id }] of layers(said)) {
    if (path !== undefined)
      return weights.source === 'path' ? [] : [different('model_id', weights.id, `${path} (${where})`)];
    if (id !== undefined)
      return id === weights.id ? [] : [different('model_id', weights.id, `${id} (${where})`)];
  }
  return [];
}

function portConflicts({ ports }: LockedFacts, file: ConfigFile): LockDifference[] {
  return Object.entries(file.ports ?? {}).flatMap(([name, port]) => {
    const locked = ports[name];
    if (port === undefined || locked === undefined || locked === port) return [];
    return [different(`ports.${name}`, String(locked), `${port} (ai-lab.yaml)`)];
  });
}

/** As with the model: a path counts by what lies there. */
function embeddingsConflict({ embeddings }: LockedFacts, { embeddings: said }: ConfigFile): LockDifference[] {
  const named = said?.model_path ?? said?.model_id;
  if (named === undefined) return [];
  const agrees = said?.model_path === undefined ? embeddings?.id === named : embeddings?.source === 'path';
  return agrees ? [] : [different('embeddings', embeddings?.id ?? 'absent', `${named} (ai-lab.yaml)`)];
}

function stackConflicts({ services }: LockedFacts, file: ConfigFile): LockDifference[] {
  const locked = Object.keys(services).filter((name) => name !== 'model' && name !== EMBEDDINGS_SERVICE);
  const asked = file.services;
  const same =
    asked === undefined || (asked.length === locked.length && asked.every((name) => locked.includes(name)));
  const images = Object.entries(file.images ?? {}).flatMap(([name, image]) => {
    const { image: other } = services[name] ?? {};
    if (image === undefined || other === undefined || withoutDigest(image) === withoutDigest(other))
      return [];
    return [different(`images.${name}`, other, `${image} (ai-lab.yaml)`)];
  });
  return [
    ...(same ? [] : [different('services', locked.join(', '), `${asked.join(', ')} (ai-lab.yaml)`)]),
    ...images,
  ];
}

export const withoutDigest = (image: string): string => image.split('@')[0] ?? image;

function different(field: string, locked: string | number, found: string): LockDifference {
  return { field, locked: String(locked), found };
}
