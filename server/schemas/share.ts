/** Shares: expiring links to a read-only, redacted status page, and who can reach what of this lab. Node-free. */
import { z } from 'zod';
import type { LabStatus } from './lab.ts';

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

export interface Listening {
  what: string;
  port: number;
  reach: 'machine' | 'network';
}

const NAMES: Record<string, string> = {
  'embedded-runtime': 'Model',
  model: 'Model',
  weaviate: 'Weaviate',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
};

/** What of this lab listens where. Everything but the share page listens on the loopback only (DESIGN §3). */
export function listeningOf(
  { managed_items: items }: Pick<LabStatus, 'managed_items'>,
  { dashboardPort, lan }: Sharing,
): Listening[] {
  const services = items.flatMap(({ name, domain, health, meta }): Listening[] =>
    (domain === 'service' || domain === 'process') && health !== 'exited' && typeof meta['port'] === 'number'
      ? [{ what: NAMES[name] ?? name, port: meta['port'], reach: 'machine' }]
      : [],
  );
  return [
    ...(lan === null || lan.trouble !== null
      ? []
      : [{ what: 'Share page', port: lan.port, reach: 'network' } as const]),
    ...(dashboardPort === null
      ? []
      : [{ what: 'Dashboard and gateway', port: dashboardPort, reach: 'machine' } as const]),
    ...services,
  ];
}

/** One line: who can reach this lab. */
export function exposureWords({ lan }: Pick<Sharing, 'lan'>): string {
  if (lan === null) return 'Only this machine reaches the lab.';
  if (lan.trouble !== null) return `The share page for the network is not open: ${lan.trouble}`;
  return `Your network reaches the share page on port ${lan.port}, and nothing else of the lab.`;
}
