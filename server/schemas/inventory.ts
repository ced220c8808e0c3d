/** The Models page and `ailab-web models`: what weights there are, and whether they fit. Sizes in bytes. */
import * as z from 'zod';
import { errorReport } from './lab.ts';

/** Where an entry lies: the Hugging Face cache, the home, or a configured folder. */
export const MODEL_PLACES = ['hub', 'home', 'folder'] as const;
/** `leftover`: what a download or a deletion left behind. `broken`: a link to nothing. */
export const MODEL_KINDS = ['model', 'leftover', 'broken'] as const;
/** How it is known that two entries hold the same weights. */
export const SAMENESS = ['file', 'sha256', 'size-and-header'] as const;

export const modelEntry = z.object({
  /** Of this inventory; the only way in which a browser names a model. */
  id: z.string(),
  kind: z.enum(MODEL_KINDS),
  place: z.enum(MODEL_PLACES),
  /** As people call it. */
  title: z.string(),
  /** Works as model_id for a model of the cache; else the file's name. */
  name: z.string(),
  /** `org/name` in the cache. */
  repo: z.string().nullable(),
  revision: z.string().nullable(),
  /** Relative to the repository or folder. */
  file: z.string(),
  path: z.string(),
  /** Files of a split model. */
  parts: z.number(),
  /** Beside it, no models of their own: projectors and the like. */
  sidecars: z.array(z.string()),
  sizeBytes: z.number(),
  architecture: z.string().nullable(),
  parameters: z.number().nullable(),
  quantization: z.string().nullable(),
  /** Tokens it was trained for. */
  contextLength: z.number().nullable(),
  chatTemplate: z.boolean().nullable(),
  licence: z.string().nullable(),
  /** Epoch milliseconds; the ledger's last request with it, or the file's last reading. */
  lastUsedAt: z.number().nullable(),
  lastUsedFrom: z.enum(['ledger', 'file']).nullable(),
  /** ai-lab.yaml, the environment or a flag names it. */
  configured: z.boolean(),
  /** Why it can't be used, when it can't. */
  error: errorReport.nullable(),
  sameAs: z.object({ ids: z.array(z.string()), how: z.enum(SAMENESS) }).nullable(),
  /** Bytes of the disk that deleting this one frees: what others hold as well stays. */
  freesBytes: z.number(),
  /** Why it can go without losing anything, in words; null when it is somebody's model. */
  safe: z.string().nullable(),
});
export type ModelEntry = z.infer<typeof modelEntry>;

export const modelList = z.object({
  entries: z.array(modelEntry),
  /** Places that could not be looked into; what lies there is not known. */
  blind: z.array(z.object({ name: z.string(), path: z.string(), error: errorReport })),
  places: z.array(z.object({ place: z.enum(MODEL_PLACES), path: z.string(), exists: z.boolean() })),
  /** Each file of the disk counted once. */
  totalBytes: z.number(),
  /** What deleting all that is safe to delete frees, each file counted once, one of each kind kept. */
  safeBytes: z.number(),
  /** More were found than are listed. */
  truncated: z.boolean(),
});
export type ModelList = z.infer<typeof modelList>;

export const modelIdInput = z.strictObject({ id: z.string().regex(/^[0-9a-f]{16}$/) });

export type ModelIdInput = z.infer<typeof modelIdInput>;

export const modelUsed = z.object({
  key: z.enum(['model_id', 'model_path']),
  value: z.string(),
  /** The lab runs with another model until it is started again. */
  restartNeeded: z.boolean(),
});
export type ModelUsed = z.infer<typeof modelUsed>;

export const modelRemoved = z.object({ title: z.string(), freedBytes: z.number(), files: z.number() });
export type ModelRemoved = z.infer<typeof modelRemoved>;

export const fitInput = z.strictObject({
  /** Without one, the configured model. */
  id: modelIdInput.shape.id.optional(),
  /** Tokens; without one, the configured size. */
  contextSize: z.number().int().min(256).max(1_048_576).optional(),
});
export type FitInput = z.infer<typeof fitInput>;

/** What a model asks for at a context, in bytes that are resident once it has answered. */
export const memoryNeed = z.object({
  weights: z.number(),
  kvCache: z.number(),
  compute: z.number(),
  /** The program itself, with its vocabulary. */
  runtime: z.number(),
  total: z.number(),
});
export type MemoryNeed = z.infer<typeof memoryNeed>;

export const memoryRoom = z.object({
  /** What bounds it: this machine's memory, the container's limit, the GPU's memory. */
  of: z.enum(['memory', 'container', 'gpu']),
  /** What can be had now, with what the running model would give back. */
  freeBytes: z.number(),
  totalBytes: z.number(),
  /** In words, e.g. the GPU's name. */
  name: z.string(),
});
export type MemoryRoom = z.infer<typeof memoryRoom>;

export const fitReport = z.object({
  title: z.string(),
  contextSize: z.number(),
  trainedContext: z.number().nullable(),
  need: memoryNeed,
  /** Null when the room could not be told. */
  room: memoryRoom.nullable(),
  fits: z.boolean().nullable(),
  /** The largest context that fits, in steps of 256; 0 when none does; null when the room is not known. */
  largestContext: z.number().nullable(),
  /** One sentence with the numbers. */
  message: z.string(),
  /** What to do when it does not fit; else empty. */
  fix: z.string(),
  /** What the estimate does not know about this model. */
  notes: z.array(z.string()),
});
export type FitReport = z.infer<typeof fitReport>;
