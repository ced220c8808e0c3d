/**
 * The lock: what was actually brought up, exactly enough to do it again (DESIGN §4). Every object is loose: keys that
 * this version does not know are kept. Node-free.
 */
import * as z from 'zod';
import { ENGINES, PROFILES } from './lab.ts';
import { LOCK_MAX_BYTES } from './lock-text.ts';

export const LOCK_VERSION = 2;

export const STACK_ENTRY = { type: 'docker-compose', id: 'ai-lab-stack' } as const;
/** In the metadata of weights that are not the chat model's. */
export const EMBEDDINGS_ROLE = 'embeddings';
export const PROCESS_ENTRY = { type: 'process', id: 'embedded-runtime' } as const;
export const WEIGHTS_TYPE = 'weights';
export const PACKAGE_TYPE = 'package';
/** `metadata.used_by` of the packages that a lab needs, beside those that another tool has locked. */
export const USED_BY_LAB = 'ai-lab';

export const WEIGHTS_ORIGINS = ['hub', 'path', 'starter'] as const;

const PLAIN = /^[^\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]*$/u;

/** Whatever YAML a person wrote there stays text: `1.10` is a version, not a number. */
const text = z.union([z.string(), z.number(), z.boolean()], 'It must be text.').transform(String);
/** Text that is shown and acted upon: no control characters. */
const word = text.pipe(
  z
    .string()
    .min(1, 'It must not be empty.')
    .max(4096, 'It is longer than 4096 characters.')
    .regex(PLAIN, 'It holds control characters, or marks that turn the reading direction.'),
);
const sha256 = word.pipe(z.string().regex(/^[0-9a-f]{64}$/, 'It must be a SHA-256: 64 hex digits.'));
const digest = word.pipe(
  z.string().regex(/^sha256:[0-9a-f]{64}$/, 'It must be a digest: sha256: and 64 hex digits.'),
);
const port = z.number().int().min(1).max(65_535);

export const lockPackage = z.looseObject({
  name: word,
  installed_at: word.optional(),
  version: text.optional(),
});
export type LockPackage = z.infer<typeof lockPackage>;

export const lockEntry = z.looseObject({
  type: word,
  id: word,
  /** Absent in files of plonk 0.8.9 and later: being in the lock means managed. */
  state: word.default('managed'),
  metadata: z.record(z.string(), z.unknown()).default({}),
  installed_at: word.optional(),
});
export type LockEntry = z.infer<typeof lockEntry>;

const flags = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const common = {
  profile: z.enum(PROFILES).optional(),
  engine: z.enum(ENGINES).optional(),
  runtime: word.optional(),
  flags: flags.optional(),
  ports: z.record(z.string(), port).optional(),
};

export const lockedService = z.looseObject({
  image: word,
  digest,
  /** The digest is the image's ID on the machine that wrote the lock: it never came from a registry. */
  local: z.boolean().default(false),
});
export type LockedService = z.infer<typeof lockedService>;

export const stackMetadata = z.looseObject({
  ...common,
  stack_sha256: sha256.optional(),
  services: z.record(z.string(), lockedService).optional(),
});
export const processMetadata = z.looseObject({
  ...common,
  version: text.nullish(),
  sha256: sha256.nullish(),
  /** As Node names it: `linux-x64`. Another platform has another binary of the same version. */
  platform: word.optional(),
});
export const weightsMetadata = z.looseObject({
  source: z.enum(WEIGHTS_ORIGINS).optional(),
  path: word.optional(),
  /** Of a Hub repository: the file inside the snapshot. */
  file: word.nullish(),
  revision: word.nullish(),
  /** Of a split model: over all parts, one after the other. */
  sha256: sha256.nullish(),
  size: z.number().int().positive().optional(),
  architecture: text.nullish(),
  quantization: text.nullish(),
});

export const lockDocument = z.looseObject({
  version: z.literal(LOCK_VERSION),
  packages: z.record(z.string(), z.array(lockPackage)),
  resources: z.array(lockEntry),
});
export type LockDocument = z.infer<typeof lockDocument>;

/** One thing that is not as locked. Null where a side has nothing of it. */
export const lockDifference = z.object({
  /** E.g. `embedded-runtime.flags.context_size`, `weights.sha256`. */
  field: z.string(),
  locked: z.string().nullable(),
  found: z.string().nullable(),
});
export type LockDifference = z.infer<typeof lockDifference>;

export const lockOrigins = z.enum(['up', 'import']);

export const lockInfo = z.object({
  id: z.string(),
  /** SHA-256 of the exported text. */
  sha256: z.string(),
  origin: lockOrigins,
  /** Epoch milliseconds. */
  createdAt: z.number(),
  activityId: z.string().nullable(),
});
export type LockInfo = z.infer<typeof lockInfo>;

/** The lock in force, with its document; null before the first successful `up`. */
export const lockShown = lockInfo.extend({ document: lockDocument });
export type LockShown = z.infer<typeof lockShown>;

export interface LockExport {
  sha256: string;
  text: string;
}

/** What an import would do, or did. */
export interface LockImport {
  sha256: string;
  /** It was a lock v1. */
  migrated: boolean;
  /** False when the lock in force is this very one: then nothing was written. */
  changed: boolean;
  /** It says enough to bring a lab up; a lock of another tool may hold packages only. */
  startable: boolean;
  /** Against the lock in force: `locked` is what it says now, `found` what the file says. */
  differences: LockDifference[];
  /** Lines for a person: what is locked. */
  summary: string[];
}

export interface LockVerdict {
  sha256: string;
  clean: boolean;
  differences: LockDifference[];
  /** What was not compared, and why. */
  notes: string[];
}

export const importInput = z.strictObject({
  /** The file's text. One character may be four bytes; the bytes are counted by the reader. */
  text: z.string().max(LOCK_MAX_BYTES, 'A lock is at most 1 MB.'),
  /** How the file is called in messages. */
  name: z.string().min(1).max(200).default('lock'),
});
export type ImportInput = z.infer<typeof importInput>;

export const exportInput = z.strictObject({
  /** Of an older lock; the one in force without it. */
  id: z.string().min(1).max(64).optional(),
});
export type ExportInput = z.infer<typeof exportInput>;

export const historyInput = z.strictObject({ limit: z.number().int().min(1).max(200).default(50) });
