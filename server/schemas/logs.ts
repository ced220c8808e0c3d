/** Log lines of the lab's services, as they cross every wire: text that is harmless already. */
import * as z from 'zod';

export const LOG_STREAMS = ['stdout', 'stderr', 'both'] as const;

export const logLine = z.object({
  /** RFC 3339; null where the line says none. */
  time: z.string().nullable(),
  service: z.string(),
  /** `both`: the service writes stdout and stderr into one file. */
  stream: z.enum(LOG_STREAMS),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLine>;

export const TAIL_DEFAULT = 200;
export const TAIL_MAX = 5000;

export const logsInput = z.strictObject({
  service: z.string().min(1).max(64),
  /** How many of the last lines. */
  tail: z.int().min(0).max(TAIL_MAX).default(TAIL_DEFAULT),
  follow: z.boolean().default(false),
});
/** With its defaults filled in. */
export type LogsInput = z.output<typeof logsInput>;
