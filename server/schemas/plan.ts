/**
 * The plan: what `up` would do, as CLI and browser show it. Bytes, seconds and epoch milliseconds; null is "not known"
 * and is told as such. Computing it changes nothing and runs no hook.
 */
import * as z from 'zod';
import { configOverrides } from './config.ts';
import { DOMAINS, ENGINES, errorReport, HEALTHS, PROFILES } from './lab.ts';

/** `keep` is left alone; `untracked` is beside the lab and left alone too; `unknown` could not be looked at. */
export const PLAN_ACTIONS = ['create', 'recreate', 'keep', 'untracked', 'unknown'] as const;

const fact = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const planField = z.object({
  name: z.string(),
  /** Null where they are long lists, kept as fingerprints only. */
  asked: fact,
  found: fact,
  /** Names of what differs, where only fingerprints are kept; null otherwise. Never a value. */
  detail: z.string().nullable(),
});
export type PlanField = z.infer<typeof planField>;

export const planItem = z.object({
  domain: z.enum(DOMAINS),
  name: z.string(),
  manager: z.string().nullable(),
  action: z.enum(PLAN_ACTIONS),
  /** Why it is recreated; empty for every other action. */
  fields: z.array(planField),
  health: z.enum(HEALTHS).nullable(),
  error: z.string().nullable(),
});
export type PlanItem = z.infer<typeof planItem>;

export const planDownload = z.object({
  kind: z.enum(['weights', 'package', 'image']),
  name: z.string(),
  /** Items that need it. */
  for: z.array(z.string()),
  /** What the network will carry, after what is here already. */
  bytes: z.number().nullable(),
  /** All of it, were nothing here; null when not known. */
  wholeBytes: z.number().nullable(),
  /** `bytes` is a measured guess and no sum of sizes. */
  about: z.boolean(),
  /** Where it comes from, or why its size is not known. */
  note: z.string().nullable(),
});
export type PlanDownload = z.infer<typeof planDownload>;

export const planPort = z.object({
  item: z.string(),
  port: z.number(),
  state: z.enum(['free', 'ours', 'taken']),
  /** Who has a taken one; null where the system does not tell. */
  holder: z.string().nullable(),
});
export type PlanPort = z.infer<typeof planPort>;

export const planDisk = z.object({
  /** Whose disk: `home`, `docker`, or both when it is one disk. */
  of: z.array(z.enum(['home', 'cache', 'docker'])),
  path: z.string(),
  freeBytes: z.number().nullable(),
  needBytes: z.number().nullable(),
  afterBytes: z.number().nullable(),
});
export type PlanDisk = z.infer<typeof planDisk>;

export const planMemory = z.object({
  /** `held`: the model server runs and has its memory. */
  verdict: z.enum(['held', 'fits', 'exceeds', 'unknown']),
  needBytes: z.number().nullable(),
  /** Where the model is to be: this machine's memory, its container's limit, or the GPU's. */
  freeBytes: z.number().nullable(),
  totalBytes: z.number().nullable(),
  message: z.string(),
  /** What to do when it may not fit; it can be started anyway. */
  fix: z.string(),
});

export const planHook = z.object({
  phase: z.enum(['pre_apply', 'post_apply']),
  name: z.string(),
  type: z.string(),
});

export const labPlan = z.object({
  /** Over what would be done, not over how much is free at the moment. */
  sha256: z.string().length(64),
  /** Nothing forbids an `up`. */
  possible: z.boolean(),
  /** Items that would be created or recreated. */
  changes: z.number(),
  project: z.string(),
  engine: z.enum(ENGINES),
  engine_reason: z.string(),
  profile: z.enum(PROFILES),
  model: z.string().nullable(),
  items: z.array(planItem),
  downloads: z.array(planDownload),
  /** All downloads together: what is known of them, and how long it takes at the rate measured last. */
  download: z.object({
    knownBytes: z.number(),
    /** Downloads whose size nobody tells. */
    unknown: z.number(),
    /** Bytes per second. */
    rate: z.number().nullable(),
    /** When the rate was measured. */
    measuredAt: z.number().nullable(),
    seconds: z.number().nullable(),
  }),
  ports: z.array(planPort),
  disks: z.array(planDisk),
  memory: planMemory.nullable(),
  hooks: z.array(planHook),
  /** What forbids an `up`, in the order in which it would be met. */
  problems: z.array(errorReport),
});
export type LabPlan = z.infer<typeof labPlan>;

/** What a plan is asked for; the same as an `up`. */
export const planInput = z.strictObject({
  starter: z.boolean().default(false),
  /** Flags of the command line. Only the CLI may send them: a browser must not name files of this machine. */
  overrides: configOverrides.optional(),
  /** As `up --locked`. Only the CLI may ask: a lock can name files of this machine. */
  locked: z.boolean().optional(),
});
export type PlanInput = z.infer<typeof planInput>;
