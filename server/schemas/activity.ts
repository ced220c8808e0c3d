/** An activity: one recorded run of up, down, pull…, with steps, progress and outcome. It survives a restart. */
import * as z from 'zod';
import { configOverrides } from './config.ts';
import { errorReport } from './lab.ts';

export const ACTIVITY_KINDS = ['up', 'down', 'pull', 'import', 'hook'] as const;
export const ACTIVITY_STATES = ['running', 'done', 'failed', 'cancelled', 'interrupted'] as const;
export const STEP_STATES = ['running', 'done', 'failed', 'cancelled', 'skipped', 'interrupted'] as const;

export const stepProgress = z.object({
  message: z.string(),
  done: z.number().optional(),
  total: z.number().optional(),
  unit: z.enum(['bytes', 'steps']).optional(),
  /** Units per second, from a sliding window; absent until it can be known. */
  rate: z.number().optional(),
  /** Seconds left at that rate; absent until it can be known. */
  eta: z.number().optional(),
});
export type StepProgress = z.infer<typeof stepProgress>;

export const activityStep = z.object({
  /** Stable name, e.g. `weights`, `process`, `health`, `first-token`. */
  name: z.string(),
  title: z.string(),
  state: z.enum(STEP_STATES),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  progress: stepProgress.nullable(),
  /** The hook run that this step was: its output is there. */
  hookRun: z.object({ id: z.string(), name: z.string() }).optional(),
});
export type ActivityStep = z.infer<typeof activityStep>;

export const activity = z.object({
  id: z.string(),
  kind: z.enum(ACTIVITY_KINDS),
  state: z.enum(ACTIVITY_STATES),
  /** Who started it: `cli`, `browser`. */
  startedBy: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  steps: z.array(activityStep),
  error: errorReport.nullable(),
  /** One line about the outcome, e.g. `The model answered in 2.3 s.` */
  outcome: z.string().nullable(),
});
export type Activity = z.infer<typeof activity>;
export type ActivityKind = Activity['kind'];

/** What starts a `down`. */
export const downInput = z.strictObject({
  /** Delete the stack's volumes as well: its data is gone then. Asked for by the user each time. */
  volumes: z.boolean().default(false),
});
export type DownInput = z.infer<typeof downInput>;

/** What starts an `up`. */
export const upInput = z.strictObject({
  /** Fetch the starter weights when nothing else is configured; said by the user, never assumed. */
  starter: z.boolean().default(false),
  /** Flags of the command line. Only the CLI may send them: a browser must not name files of this machine. */
  overrides: configOverrides.optional(),
  /** Exactly what the lock says, or nothing. Only the CLI may ask: a lock can name files of this machine. */
  locked: z.boolean().optional(),
  /** The sum of the plan that was looked at: refused when it is no longer the plan. */
  plan: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type UpInput = z.infer<typeof upInput>;
