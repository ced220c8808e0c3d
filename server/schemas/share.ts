/** Shares: expiring links to a read-only, redacted status page, and who can reach what of this lab. Node-free. */
import { z } from 'zod';
import type { LabStatus, StatusItem } from './lab.ts';

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

/** What of this lab listens where, as it is: a container that something else has published more widely is told so. */
export function listeningOf(
  { managed_items: items }: Pick<LabStatus, 'managed_items'>,
  { dashboardPort, lan }: Sharing,
): Listening[] {
  const services = items.filter(
    ({ domain, health }) => (domain === 'service' || domain === 'process') && health !== 'exited',
  );
  return [
    ...(lan === null || lan.trouble !== null
      ? []
      : [{ what: SHARE_PAGE, port: lan.port, reach: 'network' } as const]),
    ...(dashboardPort === null
      ? []
      : [{ what: 'Dashboard and gateway', port: dashboardPort, reach: 'machine' } as const]),
    ...services.flatMap(({ name, meta }) => portsOf(NAMES[name] ?? name, meta)),
  ];
}

const SHARE_PAGE = 'Share page';

/** Containers tell each of their ports, as `127.0.0.1:18080→8080/tcp`; our own process has one, on the loopback. */
function portsOf(what: string, { port, ports }: StatusItem['meta']): Listening[] {
  if (typeof ports === 'string') {
    return [...ports.matchAll(/(\S+):(\d+)→/g)].map(([, address = '', published]) => ({
      what,
      port: Number(published),
      reach: /^(127\.|\[?::1\]?$)/.test(address) ? 'machine' : 'network',
    }));
  }
  return typeof port === 'number' ? [{ what, port, reach: 'machine' }] : [];
}

/** One line: who can reach this lab. */
export function exposureWords({ lan }: Pick<Sharing, 'lan'>, listening: readonly Listening[]): string {
  const others = listening.filter(({ what, reach }) => reach === 'network' && what !== SHARE_PAGE);
  if (others.length > 0) {
    const names = others.map(({ what, port }) => `${what} on port ${port}`).join(', ');
    return `Your network may reach ${names}: not published by this lab as it is now. \`ailab-web up\` makes it right.`;
  }
  if (lan === null) return 'Only this machine reaches the lab.';
  if (lan.trouble !== null) return `The share page for the network is not open: ${lan.trouble}`;
  return `Your network reaches the share page on port ${lan.port}, and nothing else of the lab.`;
}
