/** Hooks and their receipts, as server, CLI and browser see them. Times are epoch milliseconds. */
import * as z from 'zod';
import { errorReport } from './lab.ts';

export const HOOK_PHASES = ['pre_apply', 'post_apply'] as const;
export const HOOK_TYPES = ['weaviate-ready', 'grafana-import', 'http', 'command'] as const;
export const HOOK_RUN_STATES = ['running', 'done', 'failed', 'skipped', 'cancelled', 'interrupted'] as const;
export type HookPhase = (typeof HOOK_PHASES)[number];
export type HookType = (typeof HOOK_TYPES)[number];

/** What one hook is asked for, after defaults. */
export const hook = z.object({
  name: z.string(),
  phase: z.enum(HOOK_PHASES),
  type: z.enum(HOOK_TYPES),
  /** As written, e.g. `1m30s`; and in milliseconds. */
  timeout: z.string(),
  timeoutMs: z.number(),
  continueOnError: z.boolean(),
  /** `default`: nobody has written it; it is on because the lab runs what it is for. */
  origin: z.enum(['default', 'file']),
  /** Of type `http`: what is asked for, and the status that is wanted. */
  url: z.string().optional(),
  expect: z.number().optional(),
  /** Of type `command`: program and arguments, never a shell's text. */
  command: z.array(z.string()).optional(),
});
export type Hook = z.infer<typeof hook>;

/** The receipt of one run. */
export const hookRun = z.object({
  id: z.string(),
  activityId: z.string().nullable(),
  phase: z.enum(HOOK_PHASES),
  name: z.string(),
  type: z.enum(HOOK_TYPES),
  state: z.enum(HOOK_RUN_STATES),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  /** Of a command that ended by itself. */
  exitCode: z.number().nullable(),
  error: errorReport.nullable(),
});
export type HookRun = z.infer<typeof hookRun>;

/** With what it wrote: harmless text, the middle left out where it was much. */
export const hookRunOutput = hookRun.extend({
  output: z.string(),
  /** Where more of it is kept, for a failed run that wrote more than `output` holds; `whole`: all of it. */
  file: z.object({ path: z.string(), bytes: z.number(), whole: z.boolean() }).nullable(),
});
export type HookRunOutput = z.infer<typeof hookRunOutput>;

export const hookView = hook.extend({
  /** Why an `up` would not run it; null when it would. */
  notRun: z.string().nullable(),
  /** SHA-256 of a command's argv, to be confirmed once; null for the other types. */
  sha256: z.string().nullable(),
  /** The argv as JSON, with everything in it visible. */
  shown: z.string().nullable(),
  confirmed: z.boolean(),
  /** Newest first. */
  runs: z.array(hookRun),
});
export type HookView = z.infer<typeof hookView>;

const name = z.string().min(1).max(64);
export const hookNameInput = z.strictObject({ name });
export const hookConfirmInput = z.strictObject({ name, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
export type HookConfirmInput = z.infer<typeof hookConfirmInput>;
