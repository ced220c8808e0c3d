/** Logins of browsers and keys of programs, as the Settings page shows them. Secrets appear once, at creation. */
import * as z from 'zod';

export const apiKey = z.object({
  id: z.string(),
  name: z.string(),
  /** The first characters, to tell keys apart. */
  prefix: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable(),
});
export type ApiKey = z.infer<typeof apiKey>;

export const createKeyInput = z.strictObject({ name: z.string().trim().min(1).max(80) });
export const idInput = z.strictObject({ id: z.string().min(1).max(64) });

export const login = z.object({
  id: z.string(),
  createdAt: z.number(),
  lastSeenAt: z.number(),
  expiresAt: z.number(),
  userAgent: z.string(),
  /** Is it the one that asks? */
  current: z.boolean(),
});
export type Login = z.infer<typeof login>;

/** Body of `POST /auth/login`; the answer is `{ secret }` and a cookie. */
export const loginInput = z.strictObject({ token: z.string().min(1).max(200) });
