/** What a lock says about the lab to be brought up, complete, or the reason why it can't be. Pure. */
import * as z from 'zod';
import { isLabError, LabError } from '../lib/errors.ts';
import { ENGINES, POOLINGS, PROFILES, type Pooling } from '../schemas/lab.ts';
import {
  EMBEDDINGS_ROLE,
  PROCESS_ENTRY,
  STACK_ENTRY,
  stackMetadata,
  WEIGHTS_ORIGINS,
  WEIGHTS_TYPE,
  type LockDocument,
  type LockEntry,
  type LockedService,
} from '../schemas/lock.ts';

const run = z.object({
  profile: z.enum(PROFILES),
  engine: z.enum(ENGINES),
  runtime: z.string(),
  flags: z.looseObject({
    context_size: z.number().int().min(256).max(1_048_576),
    threads: z.number().int().min(1).max(4096),
    /** The name of the second model. */
    embeddings: z.string().optional(),
    embeddings_context_size: z.number().int().min(1).max(1_048_576).optional(),
    embeddings_pooling: z.enum(POOLINGS).optional(),
  }),
  ports: z.looseObject({ model: z.number(), embeddings: z.number().optional() }),
});

const weights = z.object({
  source: z.enum(WEIGHTS_ORIGINS),
  path: z.string(),
  file: z.string().nullish(),
  revision: z.string().nullish(),
  sha256: z.string(),
});

type LockedWeights = z.infer<typeof weights> & { id: string };

export type LockedFacts = z.infer<typeof run> & {
  weights: LockedWeights;
  /** Of the embeddings server; the chat model's own where both use one; null where there is none. */
  embeddings: (LockedWeights & { contextSize: number; pooling: Pooling; port: number }) | null;
  /** By name; empty on the embedded engine. */
  services: Record<string, LockedService>;
};

export function lockedFacts({ resources }: LockDocument): LockedFacts {
  const find = (type: string, id?: string) =>
    resources.find((entry) => entry.type === type && (id === undefined || entry.id === id));
  const stack = find(STACK_ENTRY.type, STACK_ENTRY.id);
  const process = find(PROCESS_ENTRY.type, PROCESS_ENTRY.id);
  const model = resources.find((entry) => entry.type === WEIGHTS_TYPE && !isForEmbeddings(entry));
  if (stack !== undefined && process !== undefined)
    throw incomplete('it holds both a stack of Docker and an embedded runtime; a lab has one of them');
  const main = stack ?? process;
  if (main === undefined || model === undefined)
    throw incomplete(`it holds no ${main === undefined ? 'lab, only what other tools locked' : 'weights'}`);
  const facts = complete(run, main);
  const engine = main === stack ? 'docker' : 'embedded';
  if (facts.engine !== engine) throw incomplete(`${main.id} can't be of the engine ${facts.engine}`);
  return {
    ...facts,
    weights: { id: model.id, ...complete(weights, model) },
    embeddings: embeddingsOf(facts, model, resources),
    services: stackMetadata.parse(main.metadata).services ?? {},
  };
}

function isForEmbeddings({ metadata }: LockEntry): boolean {
  return metadata['role'] === EMBEDDINGS_ROLE;
}

function embeddingsOf(
  { flags, ports }: z.infer<typeof run>,
  model: LockEntry,
  resources: readonly LockEntry[],
): LockedFacts['embeddings'] {
  const { embeddings: id, embeddings_context_size: contextSize, embeddings_pooling: pooling } = flags;
  if (id === undefined) return null;
  const own = resources.find((entry) => entry.type === WEIGHTS_TYPE && isForEmbeddings(entry));
  const entry = own ?? (model.id === id ? model : undefined);
  if (
    entry === undefined ||
    contextSize === undefined ||
    pooling === undefined ||
    ports.embeddings === undefined
  )
    throw incomplete(`it names the embeddings model ${id} and does not say all of it`);
  return { id: entry.id, ...complete(weights, entry), contextSize, pooling, port: ports.embeddings };
}

/** Whether it says enough to bring a lab up. */
export function isStartable(document: LockDocument): boolean {
  try {
    lockedFacts(document);
    return true;
  } catch (error) {
    if (isLabError(error)) return false;
    throw error;
  }
}

function complete<T>(schema: z.ZodType<T>, entry: LockEntry): T {
  const parsed = schema.safeParse(entry.metadata);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw incomplete(
    `${entry.id} has no usable ${issue?.path.join('.') ?? 'metadata'} (${issue?.message ?? ''})`,
  );
}

function incomplete(why: string): LabError {
  return new LabError({
    code: 'lock_incomplete',
    message: `This lock does not say enough to bring a lab up: ${why}.`,
    fix: 'Run `ailab-web up` without --locked; it writes a complete one.',
    status: 409,
  });
}
