/** The ways in which the Grafana stand-in takes a dashboard, old and new, with the refusals that Grafana documents. */
import { randomUUID } from 'node:crypto';
import { provisionedDashboards } from './grafana-provisioning.ts';
import { writeStore, type Store } from './grafana-store.ts';

interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** Body: `{dashboard: {uid?, title, version?, …}, folderUid?, overwrite?}`. */
export function saveDashboard(store: Store, body: unknown): Reply {
  if (!isObject(body) || !isObject(body['dashboard'])) return refusal(400, 'bad request data');
  const { dashboard } = body;
  const title = typeof dashboard['title'] === 'string' ? dashboard['title'].trim() : '';
  if (title === '') return refusal(400, 'Dashboard title cannot be empty', 'empty-name');
  const uid =
    typeof dashboard['uid'] === 'string' && dashboard['uid'] !== '' ? dashboard['uid'] : randomUUID();
  if (provisionedDashboards().some((each) => each.uid === uid))
    return refusal(400, 'Cannot save provisioned dashboard');
  const folderUid = typeof body['folderUid'] === 'string' ? body['folderUid'] : '';
  const existing = store.dashboards.find((each) => each.uid === uid);
  if (body['overwrite'] !== true) {
    if (existing !== undefined && dashboard['version'] !== existing.version)
      return refusal(412, 'The dashboard has been changed by someone else', 'version-mismatch');
    if (
      store.dashboards.some(
        (each) => each.uid !== uid && each.title === title && each.folderUid === folderUid,
      )
    )
      return refusal(412, 'A dashboard with the same name in the folder already exists', 'name-exists');
  }
  const version = (existing?.version ?? 0) + 1;
  const saved = { uid, title, version, folderUid, dashboard: { ...dashboard, uid, version } };
  const others = store.dashboards.filter((each) => each.uid !== uid);
  writeStore({ ...store, dashboards: [...others, saved] });
  const slug = title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return {
    status: 200,
    body: { id: others.length + 1, uid, url: `/d/${uid}/${slug}`, status: 'success', version, slug },
  };
}

const ROUTE =
  /^\/apis\/dashboard\.grafana\.app\/(?:v1|v1beta1)\/namespaces\/default\/dashboards(?:\/([\w-]+))?$/;

/** `/apis/dashboard.grafana.app`, as Kubernetes answers; undefined for a path that is none of it. */
export function dashboardApi(store: Store, method: string, path: string, body: unknown): Reply | undefined {
  const match = ROUTE.exec(path);
  if (match === null) return undefined;
  const sent = isObject(body) ? body : {};
  const metadata = isObject(sent['metadata']) ? sent['metadata'] : {};
  const uid = match[1] ?? String(metadata['name']);
  const existing = store.dashboards.find((each) => each.uid === uid);
  if (method === 'GET')
    return existing === undefined ? failure(404, 'NotFound', uid) : { status: 200, body: asObject(existing) };
  if (method === 'POST' && existing !== undefined) return failure(409, 'AlreadyExists', uid);
  if (method === 'PUT' && existing === undefined) return failure(404, 'NotFound', uid);
  if (method === 'PUT' && metadata['resourceVersion'] !== String(existing?.version))
    return failure(409, 'Conflict', uid);
  if (provisionedDashboards().some((each) => each.uid === uid)) return failure(403, 'Forbidden', uid);
  const dashboard = isObject(sent['spec']) ? sent['spec'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  const saved = {
    uid,
    title: String(dashboard['title']),
    version: (existing?.version ?? 0) + 1,
    folderUid: String(annotations['grafana.app/folder'] ?? ''),
    dashboard,
  };
  const others = store.dashboards.filter((each) => each.uid !== uid);
  writeStore({ ...store, dashboards: [...others, saved] });
  return { status: method === 'POST' ? 201 : 200, body: asObject(saved) };
}

function asObject({
  uid,
  version,
  folderUid,
  dashboard,
}: Store['dashboards'][number]): Record<string, unknown> {
  const annotations = folderUid === '' ? {} : { 'grafana.app/folder': folderUid };
  return { metadata: { name: uid, resourceVersion: String(version), annotations }, spec: dashboard };
}

function failure(status: number, reason: string, name: string): Reply {
  return { status, body: { kind: 'Status', status: 'Failure', reason, code: status, details: { name } } };
}

function refusal(status: number, message: string, kind?: string): Reply {
  return { status, body: kind === undefined ? { message } : { message, status: kind } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
