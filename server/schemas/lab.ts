/** The lab's words as types and zod schemas, shared by server, CLI and browser. Node-free. */
import * as z from 'zod';
import { explanation } from './explanation.ts';

export const PROFILES = ['default', 'gpu'] as const;
export const ENGINES = ['docker', 'embedded'] as const;
export const ENGINE_CHOICES = ['auto', ...ENGINES] as const;
export const DOMAINS = ['weights', 'package', 'service', 'process'] as const;
export const STATES = ['managed', 'missing', 'untracked', 'degraded'] as const;
export const HEALTHS = ['starting', 'healthy', 'unhealthy', 'exited', 'unknown'] as const;

export type Profile = (typeof PROFILES)[number];
export type Engine = (typeof ENGINES)[number];
export type Domain = (typeof DOMAINS)[number];
export type ItemState = (typeof STATES)[number];
export type Health = (typeof HEALTHS)[number];

export const errorReport = z.object({
  code: z.string(),
  message: z.string(),
  fix: z.string(),
  /** What it was in plain words, where that is known. */
  explanation: explanation.optional(),
});

/** One thing of a resource, before it is reconciled: no state yet. */
export interface Item {
  name: string;
  domain: Domain;
  manager?: string;
  health?: Health;
  path?: string;
  /** Why it could not be probed, or why it is sick, in words with the fix. */
  error?: string;
  /** Plain facts by name; numbers in base units (bytes, seconds, epoch milliseconds). */
  meta: Record<string, string | number | boolean | null>;
  /** Fields whose difference is no drift, because the user lets them be; on actual items only. */
  ignored?: readonly string[];
}

export const statusItem = z.object({
  name: z.string(),
  domain: z.enum(DOMAINS),
  manager: z.string().optional(),
  state: z.enum(STATES),
  health: z.enum(HEALTHS).optional(),
  path: z.string().optional(),
  error: z.string().optional(),
  drift: z.array(z.string()).optional(),
  meta: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type StatusItem = z.infer<typeof statusItem>;

/** `status -o json`, in this order of keys (DESIGN §4). */
export const labStatus = z.object({
  config_path: z.string(),
  lock_path: z.string(),
  config_exists: z.boolean(),
  config_valid: z.boolean(),
  lock_exists: z.boolean(),
  project: z.string(),
  engine: z.enum(ENGINES),
  profile: z.enum(PROFILES),
  summary: z.object({
    total_managed: z.number(),
    total_missing: z.number(),
    total_untracked: z.number(),
    total_degraded: z.number(),
    domains: z.array(
      z.object({
        domain: z.enum(DOMAINS),
        managed_count: z.number(),
        missing_count: z.number(),
        untracked_count: z.number(),
        degraded_count: z.number(),
      }),
    ),
  }),
  managed_items: z.array(statusItem),
  missing_items: z.array(statusItem),
  untracked_items: z.array(statusItem),
  degraded_items: z.array(statusItem),
});
export type LabStatus = z.infer<typeof labStatus>;

/** How the embedded runtime is run. `llama-server` is nearly twice as fast where there is one. */
export type RuntimeChoice =
  | { kind: 'llama-server'; path: string; version: string | null }
  | { kind: 'node-llama-cpp'; version: string };

/** Where the weights come from. `none`: nothing is configured. */
export type WeightsSource =
  | { kind: 'none' }
  | { kind: 'path'; path: string }
  | { kind: 'hub'; repo: string; file: string | null; revision: string | null }
  | { kind: 'starter' };

/** What the docker engine is asked for beside the model; the same on every engine, used by one. */
export interface StackWish {
  /** Services beside `model`, in the stack file's names. */
  services: readonly ('weaviate' | 'prometheus' | 'grafana')[];
  /** Published on 127.0.0.1. */
  ports: Readonly<Record<'model' | 'weaviate' | 'weaviate_grpc' | 'prometheus' | 'grafana', number>>;
  /** Instead of the pinned image, by service. */
  images: Readonly<Record<string, string>>;
}

/** How the vectors of a text's tokens become one; llama-server's words. */
export const POOLINGS = ['mean', 'cls', 'last'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** A second model server, for embeddings. */
export interface EmbeddingsWish {
  weights: WeightsSource;
  weightsPath: string | null;
  /** Under which it is served; equal to the chat model's only when it is the same one. */
  modelName: string;
  contextSize: number;
  port: number;
  pooling: Pooling;
}

/** The embeddings server as an item where it is a service of the stack. */
export const EMBEDDINGS_SERVICE = 'embeddings';

/** A resolved lab: config, environment and flags after precedence, with nothing left to decide. */
export interface Lab {
  project: string;
  engine: Engine;
  /** Why this engine, in words, when it was chosen by `auto`. */
  engineReason: string;
  profile: Profile;
  weights: WeightsSource;
  /** Where the weights lie or will lie after the starter is fetched; null when that is not known. */
  weightsPath: string | null;
  /** Name under which the model is served and reported: the model id, else the file's name. */
  modelName: string;
  /** The name the user gave it, under which it is served instead. */
  servedName?: string;
  contextSize: number;
  modelPort: number;
  threads: number;
  runtime: RuntimeChoice;
  stack: StackWish;
  /** Absent: off. */
  embeddings?: EmbeddingsWish;
}

/** The name under which programs know the model. */
export function servedNameOf({ servedName, modelName }: Pick<Lab, 'servedName' | 'modelName'>): string {
  return servedName ?? modelName;
}
