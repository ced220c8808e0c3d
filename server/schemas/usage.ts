/** What the running parts of the lab use of this machine, as last measured. */
import * as z from 'zod';
import { DOMAINS } from './lab.ts';

export const itemUsage = z.object({
  /** As in the status. */
  domain: z.enum(DOMAINS),
  name: z.string(),
  /** Cores busy since the measurement before: 1.5 is one and a half. Null until there are two. */
  cores: z.number().nullable(),
  /** Bytes in use, without what the kernel takes back when needed. */
  memoryBytes: z.number().nullable(),
  /** Null where there is no limit but the machine's memory. */
  memoryLimitBytes: z.number().nullable(),
});
export type ItemUsage = z.infer<typeof itemUsage>;

export const labUsage = z.object({
  /** Epoch milliseconds of the measurement. Asking more often than every 5 s gives the same one again. */
  at: z.number(),
  items: z.array(itemUsage),
  /** Of this machine. */
  threads: z.number(),
  memoryTotalBytes: z.number(),
});
export type LabUsage = z.infer<typeof labUsage>;
