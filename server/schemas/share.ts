/** Shares: expiring links to a read-only, redacted status page, and who can reach what of this lab. Node-free. */
import * as z from 'zod';

export const SHARE_MIN_MS = 1000;
export const SHARE_DEFAULT_MS = 24 * 3_600_000;
export const SHARE_MAX_MS = 30 * 24 * 3_600_000;

export const createShareInput = z.strictObject({
  /** How long it lives, in milliseconds. */
  forMs: z.number().int().min(SHARE_MIN_MS).max(SHARE_MAX_MS).default(SHARE_DEFAULT_MS),
  /** Also for other machines of the network, on a port of its own. */
  lan: z.boolean().default(false),
  /** Which port, where one must be known beforehand; without it the first free one. */
  lanPort: z.number().int().min(1024).max(65_535).optional(),
});
export type CreateShareInput = z.infer<typeof createShareInput>;

export const shareInfo = z.object({
  id: z.string(),
  /** The first characters of the link's unguessable part. */
  prefix: z.string(),
  createdAt: z.number(),
  expiresAt: z.number(),
  createdBy: z.string(),
  /** For the network too. */
  lan: z.boolean(),
  /** Who watches it live at this moment. */
  viewers: z.number(),
  /** Links to it, the best one first. Empty after the server was started anew: only a hash of the link is kept. */
  urls: z.array(z.string()),
});
export type ShareInfo = z.infer<typeof shareInfo>;

/** The listener for the network; there is none while no share asks for it. */
export const lanListener = z.object({
  port: z.number(),
  /** Epoch milliseconds at which the last share that needs it ends. */
  until: z.number(),
  /** Why it can't listen; null when it does. */
  trouble: z.string().nullable(),
});
export type LanListener = z.infer<typeof lanListener>;

export const sharing = z.object({
  /** Shares that are valid now. */
  shares: z.number(),
  /** Port of the dashboard; null while none runs. */
  dashboardPort: z.number().nullable(),
  lan: lanListener.nullable(),
});
export type Sharing = z.infer<typeof sharing>;

export interface ShareList {
  shares: ShareInfo[];
  sharing: Sharing;
}

export interface ShareSnapshot {
  /** A whole page that needs nothing from anywhere. */
  html: string;
  /** Epoch milliseconds. */
  takenAt: number;
}

export interface ShareApi {
  list(): ShareList;
  /** Throws `server_not_running` without a server: nobody would answer. */
  create(input: CreateShareInput, createdBy: string): Promise<ShareInfo>;
  revoke(id: string): void;
  snapshot(signal: AbortSignal): Promise<ShareSnapshot>;
}
