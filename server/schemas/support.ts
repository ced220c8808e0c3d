/** The support bundle: one redacted text about a lab, to be read before it is sent to anyone. */
import * as z from 'zod';

export const supportBundle = z.object({
  /** E.g. `ailab-support-2026-11-22.yaml`. */
  name: z.string(),
  /** YAML; all of it, as it would be saved. */
  text: z.string(),
});
export type SupportBundle = z.infer<typeof supportBundle>;
