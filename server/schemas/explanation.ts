/** A failure explained: what it was in a plain sentence, the line that tells it, and what to change. Node-free. */
import * as z from 'zod';

/** What a repair may change: plain values. No command, image, path, address or host is among them. */
export const REPAIRABLE = [
  'profile',
  'engine',
  'context_size',
  'model_id',
  'ports.model',
  'ports.weaviate',
  'ports.weaviate_grpc',
  'ports.prometheus',
  'ports.grafana',
] as const;

export const repairChange = z.strictObject({
  key: z.enum(REPAIRABLE),
  value: z.union([z.string().max(300), z.number()]),
});
export type RepairChange = z.infer<typeof repairChange>;

export const repairInput = z.strictObject({ changes: z.array(repairChange).min(1).max(4) });
export type RepairInput = z.infer<typeof repairInput>;

/** ai-lab.yaml before and after; nothing is written. `base` goes to `config.write` with the text after. */
export const repairPreview = z.object({
  base: z.string().nullable(),
  before: z.string(),
  after: z.string(),
  /** Changes that would do nothing, because a flag or an environment variable wins over the file. */
  overruled: z.array(z.object({ key: z.string(), by: z.string() })),
});
export type RepairPreview = z.infer<typeof repairPreview>;

export const explanation = z.object({
  /** Stable name of the cause, e.g. `kv_cache_too_large`. */
  cause: z.string(),
  /** What happened, for someone who has never read a log. */
  sentence: z.string(),
  /** The very line, and where it was written; null where the sentence is all there is. */
  evidence: z.object({ line: z.string(), source: z.string() }).nullable(),
  /** The next step. */
  fix: z.string(),
  repair: z.object({ title: z.string(), changes: z.array(repairChange) }).nullable(),
  /** The lines around the evidence, oldest first. */
  raw: z.array(z.string()),
});
export type Explanation = z.infer<typeof explanation>;
