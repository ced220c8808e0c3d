/**
 * `<home>/runtime.json`: what the supervisor says about the model server. The supervisor alone writes it; all others
 * read it and check it against the living processes. 0600, because it holds the model server's key.
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { errnoOf } from '../../lib/errors.ts';
import { POOLINGS, PROFILES } from '../../schemas/lab.ts';

const identity = z.object({ pid: z.number().int().positive(), started: z.string() });

/** `exited`: it will be started again at `restartAt`. `failed`: the supervisor gave up and is gone. */
export const RUNTIME_STATES = ['starting', 'healthy', 'unhealthy', 'exited', 'failed', 'stopped'] as const;

export const runtimeFacts = z.object({
  runtime: z.enum(['llama-server', 'node-llama-cpp']),
  version: z.string().nullable(),
  weightsPath: z.string().min(1),
  modelName: z.string().min(1),
  contextSize: z.number().int().positive(),
  threads: z.number().int().positive(),
  profile: z.enum(PROFILES),
  port: z.number().int().min(1).max(65_535),
  /** Of an embeddings server. */
  pooling: z.enum(POOLINGS).optional(),
});
export type RuntimeFacts = z.infer<typeof runtimeFacts>;

export const runtimeRecord = runtimeFacts.extend({
  format: z.literal(1),
  supervisor: identity,
  child: identity.nullable(),
  state: z.enum(RUNTIME_STATES),
  /** Epoch milliseconds at which `state` began. */
  since: z.number(),
  /** Epoch milliseconds at which the present or last child was started. */
  startedAt: z.number(),
  apiKey: z.string().min(1),
  restarts: z.number().int().nonnegative(),
  lastExit: z
    .object({
      /** One line, e.g. `exit code 1` or `killed by SIGKILL`. */
      reason: z.string(),
      outOfMemory: z.boolean(),
      /** What the model server said, at most three lines. */
      words: z.string(),
      at: z.number(),
    })
    .nullable(),
  restartAt: z.number().nullable(),
});
export type RuntimeRecord = z.infer<typeof runtimeRecord>;
export type RuntimeState = RuntimeRecord['state'];

export type RecordReading =
  | { kind: 'absent' }
  | { kind: 'invalid'; why: string }
  | { kind: 'record'; record: RuntimeRecord };

export function readRecord(file: string): RecordReading {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return errnoOf(error) === 'ENOENT'
      ? { kind: 'absent' }
      : { kind: 'invalid', why: (error as Error).message };
  }
  return parseRecord(text);
}

export function parseRecord(text: string): RecordReading {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'invalid', why: 'it is not JSON' };
  }
  const parsed = runtimeRecord.safeParse(json);
  if (parsed.success) return { kind: 'record', record: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'invalid', why: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong shape'}` };
}
