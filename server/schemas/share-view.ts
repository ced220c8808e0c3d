/**
 * All that a share ever shows: the allow-list. What is not a field here is nowhere on the page, in its JSON, badge,
 * stream or snapshot; what is text is bound to a shape that holds no path and no sentence. Node-free.
 */
import * as z from 'zod';
import { ENGINES, HEALTHS, PROFILES } from './lab.ts';
import { LAB_PHASES } from './overview.ts';

export const SHARED_SERVICES = ['model', 'weaviate', 'prometheus', 'grafana'] as const;

const figure = z.number().nonnegative().nullable();
/** A version, an architecture, a quantization: one word. Whatever else is there is not shown. */
const word = z
  .string()
  .regex(/^[\w.+-]{1,40}$/)
  .nullable()
  .catch(null);
/** `org/name:quant@revision` or a name; one slash at most, so no path. */
const modelName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._:@+()-]{0,80}(?:\/[\p{L}\p{N}][\p{L}\p{N} ._:@+()-]{0,80})?$/u)
  .nullable()
  .catch(null);

export const shareView = z.strictObject({
  /** When it was measured, epoch milliseconds. */
  at: z.number(),
  phase: z.enum(LAB_PHASES),
  engine: z.enum(ENGINES),
  profile: z.enum(PROFILES),
  services: z.array(
    z.strictObject({
      name: z.enum(SHARED_SERVICES),
      state: z.enum(['managed', 'missing']),
      health: z.enum(HEALTHS).nullable(),
    }),
  ),
  model: z
    .strictObject({
      /** Null for a file of this machine to which nobody gave a name: its own may tell what it shouldn't. */
      name: modelName,
      architecture: word,
      quantization: word,
      sizeBytes: figure,
      contextSize: figure,
    })
    .nullable(),
  runtime: z.strictObject({ kind: z.enum(['llama-server', 'node-llama-cpp']), version: word }).nullable(),
  lock: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.number() }).nullable(),
  /** Epoch milliseconds since when the model is up without a break; null when it isn't. */
  upSince: figure,
  /** Of the last hour, through the gateway. */
  lastHour: z.strictObject({
    requests: z.number().nonnegative(),
    errors: z.number().nonnegative(),
    tokensPerSecond: figure,
    replyP95Ms: figure,
    firstTokenP95Ms: figure,
  }),
  /** Tokens per second, minute by minute, oldest first; null where no reply ended. */
  perMinute: z.array(figure).max(60),
});
export type ShareView = z.infer<typeof shareView>;
