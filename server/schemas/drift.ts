/** Drift that the user lets be: named by item and field, for the values as they are now. */
import * as z from 'zod';
import { DOMAINS } from './lab.ts';

/** Back to heeding every field of an item. */
export const heedDriftInput = z.strictObject({ domain: z.enum(DOMAINS), name: z.string().min(1).max(300) });
export type HeedDriftInput = z.infer<typeof heedDriftInput>;

/** Fields as `drift` of the item's status names them. A later change of one shows again. */
export const ignoreDriftInput = heedDriftInput.extend({
  fields: z.array(z.string().min(1).max(100)).min(1).max(50),
});
export type IgnoreDriftInput = z.infer<typeof ignoreDriftInput>;
