/** `hooks` of `ai-lab.yaml`, as they are written there. */
import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { line } from './line.ts';

export const BUILT_IN_HOOKS = ['weaviate-ready', 'grafana-import'] as const;
export const HOOK_ENTRY_TYPES = [...BUILT_IN_HOOKS, 'http', 'command'] as const;
export const HOOK_TIMEOUT = '10m';

/** A timer of Node holds 2^31 - 1 ms; a hook of a day is a mistake anyway. */
const LONGEST_MS = 24 * 3_600_000;

const timeout = z.string().superRefine((text, context) => {
  const ms = parseDuration(text);
  const message =
    ms === undefined
      ? 'It must be a duration as 10m, 1h30m, 90s or 500ms.'
      : ms < 1
        ? 'It must be longer than 0: leave it out for 10m.'
        : ms > LONGEST_MS
          ? 'It must be 24h or less.'
          : undefined;
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

const hookObject = z
  .strictObject({
    name: line(64),
    type: z.enum(HOOK_ENTRY_TYPES),
    timeout: timeout.optional(),
    continue_on_error: z.boolean().optional(),
    /** Of type http. */
    url: line(2048).optional(),
    /** Of type http: the status that is wanted; without it any 2xx. */
    expect: z.number().int().min(100).max(599).optional(),
    /** Of type command: program and arguments; no shell reads them. */
    command: z
      .array(
        z
          .string()
          .max(4096)
          .regex(/^[^\0]*$/, 'It must not hold a NUL character.'),
      )
      .min(1, 'It must name a program: [program, argument, …].')
      .max(256)
      .optional(),
  })
  .superRefine((hook, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const { type, url, expect, command } = hook;
    if (type === 'http' && !isHttpUrl(url))
      issue('url', 'A hook of type http needs a url with http:// or https://.');
    if (type === 'command' && (command?.[0] ?? '').trim() === '')
      issue('command', 'A hook of type command needs a command: [program, argument, …].');
    if (type !== 'http' && url !== undefined) issue('url', 'Only a hook of type http has a url.');
    if (type !== 'http' && expect !== undefined) issue('expect', 'Only a hook of type http has an expect.');
    if (type !== 'command' && command !== undefined)
      issue('command', 'Only a hook of type command has a command.');
  });

/** A built-in hook by its name, or one with all its words. */
export const hookEntry = z.union([z.enum(BUILT_IN_HOOKS), hookObject]);
export type HookEntry = z.infer<typeof hookEntry>;

const nameOf = (hook: HookEntry): string => (typeof hook === 'string' ? hook : hook.name);

const phase = z
  .array(hookEntry)
  .max(50)
  .superRefine((hooks, context) => {
    const seen = new Set<string>();
    for (const [at, hook] of hooks.entries()) {
      const name = nameOf(hook);
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [at], message: `There are two hooks "${name}".` });
      seen.add(name);
    }
  })
  .optional();

/** Runs, receipts and confirmations go by name: one name is one hook, whichever its phase. */
export const hookConfig = z
  .strictObject({ pre_apply: phase, post_apply: phase })
  .superRefine(({ pre_apply: before = [], post_apply: after = [] }, context) => {
    const names = new Set(before.map(nameOf));
    for (const [at, hook] of after.entries()) {
      const name = nameOf(hook);
      if (names.has(name))
        context.addIssue({
          code: 'custom',
          path: ['post_apply', at],
          message: `There are two hooks "${name}".`,
        });
    }
  });
export type HookConfig = z.infer<typeof hookConfig>;

function isHttpUrl(text: string | undefined): boolean {
  return text !== undefined && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
