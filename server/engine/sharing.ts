/** Shares put together: the links, what they show, who watches, and the listener for the network. Part of the composition root. */
import type { Db } from '../../db/client.ts';
import { LabError, reportError } from '../lib/errors.ts';
import type { Lab } from '../schemas/lab.ts';
import type { LabOverview } from '../schemas/overview.ts';
import type { ShareApi, ShareInfo, Sharing } from '../schemas/share.ts';
import type { ServerIdentity } from '../services/access.ts';
import type { Ledger } from '../services/ledger.ts';
import type { LedgerSeries } from '../services/charts/from-ledger.ts';
import { createShares, type ShareRow } from '../services/shares.ts';
import { createLan, lanAddresses } from '../share/lan.ts';
import { renderSnapshot } from '../share/page.ts';
import { createShareSource } from '../share/source.ts';
import { toShareView } from '../share/view.ts';
import { createViewers } from '../share/viewers.ts';
import { createShareVisits, type ShareVisit } from '../share/visits.ts';
import { noServer } from './no-server.ts';

export interface SharingParts {
  db: Db;
  /** Present when this engine is the home's server: only it answers visitors. */
  server: ServerIdentity | undefined;
  lab: { overview(signal: AbortSignal): Promise<LabOverview>; known(): Lab | undefined };
  ledger: Pick<Ledger, 'series'>;
  closing: AbortSignal;
  onChange(): void;
}

export interface SharingService {
  api: ShareApi;
  state(): Sharing;
  visit: ShareVisit;
  /** Opens the listener again for shares that outlived the last server. */
  resume(): Promise<void>;
  close(): void;
}

const SWEEP_MS = 1000;
const TRY_AGAIN_MS = 10_000;
const HOUR_EVERY_MS = 4000;

export function createSharing(parts: SharingParts): SharingService {
  const { db, server, lab, ledger, closing, onChange } = parts;
  const shares = createShares(db);

  let hour: { at: number; series: LedgerSeries } | undefined;
  /** An hour's rows may be many; read no oftener than this, even for a page that is looked at all the time. */
  const lastHour = (now: number): LedgerSeries => {
    if (hour === undefined || Math.abs(now - hour.at) >= HOUR_EVERY_MS)
      hour = { at: now, series: ledger.series('1h', now) };
    return hour.series;
  };

  const look = async (signal: AbortSignal) => {
    const overview = await lab.overview(signal);
    const at = Date.now();
    return toShareView({
      at,
      overview,
      modelName: publicName(overview, lab.known()),
      series: lastHour(at),
    });
  };
  const source = createShareSource(() => look(closing));
  const viewers = createViewers(source);
  const visit = createShareVisits({ find: shares.find, source, viewers });
  const lan = createLan(visit);
  let trouble: string | null = null;
  let triedAt = 0;

  const lanShares = (): ShareRow[] => shares.live().filter(({ lanPort }) => lanPort !== null);

  const state = (): Sharing => {
    const asking = lanShares();
    const [first] = asking;
    return {
      shares: shares.live().length,
      dashboardPort: server?.port ?? null,
      lan:
        server === undefined || first?.lanPort === undefined || first.lanPort === null
          ? null
          : {
              port: lan.port() ?? first.lanPort,
              until: Math.max(...asking.map(({ expiresAt }) => expiresAt)),
              trouble: lan.port() === undefined ? (trouble ?? 'it is being opened') : null,
            },
    };
  };

  /** Ends what has ended: links, streams, and the listener with the last share that needs it. */
  const settle = () => {
    const ids = new Set(shares.live().map(({ id }) => id));
    viewers.keepOnly((id) => ids.has(id));
    if (lanShares().length > 0 || lan.port() === undefined) return;
    lan.close();
    onChange();
  };

  const reopen = async () => {
    const [first] = lanShares();
    if (server === undefined || first?.lanPort === undefined || first.lanPort === null) return;
    if (lan.port() !== undefined) return;
    triedAt = Date.now();
    try {
      await lan.open(first.lanPort);
      trouble = null;
    } catch (error) {
      trouble = reportError(error).message;
    }
    // Revoked meanwhile: then nothing may stay open.
    settle();
    onChange();
  };

  const sweep = () => {
    const ended = shares.expire();
    settle();
    if (ended) onChange();
    if (lan.port() === undefined && Date.now() - triedAt > TRY_AGAIN_MS) void reopen();
  };
  const timer = server === undefined ? undefined : setInterval(sweep, SWEEP_MS).unref();

  const urlsOf = ({ id, lanPort }: ShareRow): string[] => {
    const token = shares.token(id);
    if (server === undefined || token === undefined) return [];
    const hosts = lanPort === null ? [] : lanAddresses().map((address) => `${address}:${lanPort}`);
    return [...hosts, `localhost:${server.port}`].map((host) => `http://${host}/s/${token}`);
  };

  const infoOf = (row: ShareRow): ShareInfo => {
    const { id, prefix, createdAt, expiresAt, createdBy, lanPort } = row;
    const common = { id, prefix, createdAt, expiresAt, createdBy };
    return { ...common, lan: lanPort !== null, viewers: viewers.count(id), urls: urlsOf(row) };
  };

  const openLan = async (asked: number | undefined): Promise<number> => {
    if (lanAddresses().length === 0) throw noNetwork();
    const port = await lan.open(asked ?? lanShares()[0]?.lanPort ?? undefined);
    if (asked !== undefined && asked !== port) throw otherPort(port);
    return port;
  };

  return {
    api: {
      list: () => ({ shares: shares.live().map(infoOf), sharing: state() }),
      async create({ forMs, lan: forNetwork, lanPort: asked }, createdBy) {
        if (server === undefined) throw noServer();
        const lanPort = forNetwork ? await openLan(asked) : null;
        try {
          return infoOf(shares.create({ forMs, createdBy, lanPort }));
        } finally {
          settle();
          onChange();
        }
      },
      revoke(id) {
        shares.revoke(id);
        settle();
        onChange();
      },
      async snapshot(signal) {
        const view = await look(signal);
        return { html: renderSnapshot(view), takenAt: view.at };
      },
    },
    state,
    visit,
    resume: reopen,
    close() {
      clearInterval(timer);
      viewers.close();
      lan.close();
    },
  };
}

/** What people may call the model. The name of a file of this machine is not for others, unless its owner gave it one. */
function publicName({ model }: LabOverview, lab: Lab | undefined): string | null {
  if (lab?.servedName !== undefined) return lab.servedName;
  return lab?.weights.kind === 'hub' || lab?.weights.kind === 'starter' ? (model?.title ?? null) : null;
}

function otherPort(port: number): LabError {
  return new LabError({
    code: 'lan_port_differs',
    message: `The share page is open to the network on port ${port} already; there is one port for all shares.`,
    fix: `Leave --lan-port out, or revoke the shares that use ${port}.`,
    status: 409,
  });
}

function noNetwork(): LabError {
  return new LabError({
    code: 'no_network',
    message: 'This machine has no address in a network.',
    fix: 'Connect it to one, then try again; without --lan a share works on this machine.',
    status: 409,
  });
}
