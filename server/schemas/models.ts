/** Models: what is asked of them. */
import * as z from 'zod';

/** What starts a `pull`: `org/name[:quant-or-file][@revision]`, or the starter's id. */
export const pullInput = z.strictObject({ id: z.string().trim().min(1).max(400) });
export type PullInput = z.infer<typeof pullInput>;
