/**
 * Grafana's two ways to keep a dashboard: `/apis/dashboard.grafana.app` (12 and 13; `v1`, before it `v1beta1`) and
 * `/api/dashboards/db` (10 and 11, deprecated since 13). Source: Dashboard HTTP API of Grafana 10.4, 12.4 and 13.2.
 */
import * as z from 'zod';
import type { GrafanaCall, GrafanaReply } from './grafana-call.ts';

export interface Dashboard {
  uid: string;
  title: string;
  tags: string[];
  [key: string]: unknown;
}

/** What is kept under our uid: its tags, and what a change of it must be based on. */
export interface Kept {
  tags: string[];
  base: string | number;
}

export interface Route {
  name: string;
  /** `null`: nothing is kept under that uid. `other`: this Grafana has no such route, or refuses. */
  find(uid: string): Promise<Kept | null | { other: GrafanaReply }>;
  /** `kept` is what `find` told. */
  save(dashboard: Dashboard, kept: Kept | null, message: string): Promise<GrafanaReply>;
}

const VERSIONS = ['v1', 'v1beta1'] as const;

/** In the order in which they are tried. */
export function routes(call: GrafanaCall): Route[] {
  return [...VERSIONS.map((version) => newRoute(call, version)), oldRoute(call)];
}

const FOLDER = 'grafana.app/folder';
const kubernetes = z.object({
  metadata: z.object({
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.object({ tags: z.array(z.string()).optional() }),
});
/** How these routes say that there is no such object; a route that is not there says so in other words. */
const noObject = z.object({
  kind: z.literal('Status'),
  reason: z.literal('NotFound'),
  details: z.object({ name: z.string() }),
});

function newRoute(call: GrafanaCall, version: string): Route {
  /** Without its folder, a dashboard that the user has moved would move back. */
  let folder: string | undefined;
  const base = `/apis/dashboard.grafana.app/${version}/namespaces/default/dashboards`;
  return {
    name: base,
    async find(uid) {
      const reply = await call('GET', `${base}/${uid}`);
      const found = kubernetes.safeParse(reply.body);
      if (reply.status === 200 && found.success) {
        const { metadata, spec } = found.data;
        folder = metadata.annotations?.[FOLDER];
        return { tags: spec.tags ?? [], base: metadata.resourceVersion };
      }
      const missing = noObject.safeParse(reply.body);
      return reply.status === 404 && missing.success && missing.data.details.name === uid
        ? null
        : { other: reply };
    },
    save({ uid, ...spec }, kept, message) {
      const metadata = {
        name: uid,
        annotations: {
          'grafana.app/message': message,
          ...(folder === undefined ? {} : { [FOLDER]: folder }),
        },
        ...(kept === null ? {} : { resourceVersion: String(kept.base) }),
      };
      return kept === null
        ? call('POST', base, { metadata, spec })
        : call('PUT', `${base}/${uid}`, { metadata, spec });
    },
  };
}

const legacy = z.object({
  dashboard: z.object({ version: z.number(), tags: z.array(z.string()).optional() }),
  meta: z.object({ folderUid: z.string().optional() }).optional(),
});

function oldRoute(call: GrafanaCall): Route {
  const base = '/api/dashboards';
  let folder: string | undefined;
  return {
    name: `${base}/db`,
    async find(uid) {
      const reply = await call('GET', `${base}/uid/${uid}`);
      if (reply.status === 404) return null;
      const found = legacy.safeParse(reply.body);
      if (reply.status !== 200 || !found.success) return { other: reply };
      folder = found.data.meta?.folderUid;
      return { tags: found.data.dashboard.tags ?? [], base: found.data.dashboard.version };
    },
    // Never `overwrite`: by it, an older Grafana replaces another dashboard that has the same title.
    save: (dashboard, kept, message) =>
      call('POST', `${base}/db`, {
        dashboard: { ...dashboard, id: null, ...(kept === null ? {} : { version: kept.base }) },
        ...(folder === undefined || folder === '' ? {} : { folderUid: folder }),
        message,
        overwrite: false,
      }),
  };
}
