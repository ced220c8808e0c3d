/**
 * STAND-INS for the routes by which Grafana 10 to 13 take a dashboard, with their refusals. Sources: Dashboard HTTP API
 * of Grafana 10.4 (old route: 200, 400, 401, 412) and 12.4 and 13.2 (new routes: 200, 201, 401, 403, 404, 409).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StandIn {
  url: string;
  /** `METHOD path status`, in order. */
  calls: string[];
  /** What is kept, by uid: new or old form alike. */
  kept: Map<string, Kept>;
  /** Changed by tests while it runs. */
  switches: Switches;
  close(): Promise<void>;
}

interface Kept {
  version: number;
  spec: Record<string, unknown>;
  folder: string | undefined;
}

export interface Switches {
  password: string;
  /** Answers to /api/health that are not ready, before it is. */
  notReady: number;
  /** Someone else saves between our look and our write, so many times. */
  savedBetween: number;
  /** Another dashboard has the same title in that folder. */
  titleTaken: boolean;
  /** The uid is provisioned from a file. */
  provisioned: boolean;
  /** Writes are answered with this. */
  refuseWrites: number | null;
}

type Version = 10 | 11 | 12 | 13;

export async function grafanaStandIn(version: Version, change: Partial<Switches> = {}): Promise<StandIn> {
  const switches: Switches = {
    password: 'right',
    notReady: 0,
    savedBetween: 0,
    titleTaken: false,
    provisioned: false,
    refuseWrites: null,
    ...change,
  };
  const calls: string[] = [];
  const kept = new Map<string, Kept>();
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const answer = handle(request, await body(request));
    calls.push(`${request.method} ${request.url} ${answer.status}`);
    send(response, answer);
  };
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;

  const touch = (uid: string) => {
    const present = kept.get(uid);
    if (present === undefined || switches.savedBetween === 0) return;
    switches.savedBetween -= 1;
    kept.set(uid, { ...present, version: present.version + 1 });
  };

  function handle(request: IncomingMessage, sent: Fields): Answer {
    const path = request.url ?? '/';
    if (path === '/api/health') {
      if (switches.notReady === 0) return { status: 200, body: { database: 'ok' } };
      switches.notReady -= 1;
      return { status: 503, body: { database: 'failing' } };
    }
    const basic = `Basic ${Buffer.from(`admin:${switches.password}`).toString('base64')}`;
    if (request.headers.authorization !== basic)
      return { status: 401, body: { message: 'Invalid username or password' } };
    if (path === '/api/org') return { status: 200, body: { id: 1, name: 'Main Org.' } };
    const [, api, uid] =
      /^\/apis\/dashboard\.grafana\.app\/(\w+)\/namespaces\/default\/dashboards(?:\/([\w-]+))?$/.exec(path) ??
      [];
    if (api !== undefined) {
      const known = version === 12 ? ['v1beta1'] : version === 13 ? ['v1', 'v1beta1', 'v2'] : [];
      // Without the group, an old Grafana answers in its own words; with it, Kubernetes' words for a page.
      if (!known.includes(api))
        return version < 12
          ? { status: 404, body: { message: 'Not found' } }
          : { status: 404, text: '404 page not found\n' };
      return kubernetes(request.method ?? '', uid, sent);
    }
    const old = /^\/api\/dashboards\/uid\/([\w-]+)$/.exec(path)?.[1];
    if (old !== undefined) {
      const found = kept.get(old);
      if (found === undefined) return { status: 404, body: { message: 'Dashboard not found' } };
      const dashboard = { ...found.spec, uid: old, version: found.version };
      const answer = { status: 200, body: { dashboard, meta: { folderUid: found.folder ?? '' } } };
      touch(old);
      return answer;
    }
    if (path === '/api/dashboards/db' && request.method === 'POST') return legacy(sent);
    return { status: 404, body: { message: 'Not found' } };
  }

  function kubernetes(method: string, uid: string | undefined, sent: Fields): Answer {
    const metadata = fields(sent['metadata']);
    const name = uid ?? String(metadata['name']);
    const found = kept.get(name);
    if (method === 'GET') {
      if (found === undefined) return status(404, 'NotFound', name);
      const annotations = found.folder === undefined ? {} : { 'grafana.app/folder': found.folder };
      const body = {
        metadata: { name, resourceVersion: String(found.version), annotations },
        spec: found.spec,
      };
      touch(name);
      return { status: 200, body };
    }
    if (switches.refuseWrites !== null) return status(switches.refuseWrites, 'Forbidden', name);
    const folder = fields(metadata['annotations'])['grafana.app/folder'];
    const next = {
      version: (found?.version ?? 0) + 1,
      spec: fields(sent['spec']),
      folder: folder === undefined ? undefined : String(folder),
    };
    if (method === 'POST') {
      if (found !== undefined) return status(409, 'AlreadyExists', name);
      kept.set(name, next);
      return { status: 201, body: { metadata: { name } } };
    }
    if (found === undefined) return status(404, 'NotFound', name);
    if (metadata['resourceVersion'] !== String(found.version)) return status(409, 'Conflict', name);
    kept.set(name, next);
    return { status: 200, body: { metadata: { name } } };
  }

  function legacy(sent: Fields): Answer {
    if (switches.refuseWrites !== null)
      return { status: switches.refuseWrites, body: { message: 'Access denied' } };
    const dashboard = fields(sent['dashboard']);
    const uid = String(dashboard['uid']);
    const found = kept.get(uid);
    if (switches.provisioned) return { status: 400, body: { message: 'Cannot save provisioned dashboard' } };
    if (sent['overwrite'] !== true) {
      if (found !== undefined && dashboard['version'] !== found.version)
        return {
          status: 412,
          body: { status: 'version-mismatch', message: 'The dashboard has been changed by someone else' },
        };
      if (switches.titleTaken)
        return {
          status: 412,
          body: {
            status: 'name-exists',
            message: 'A dashboard with the same name in the folder already exists',
          },
        };
    }
    const folder = sent['folderUid'];
    kept.set(uid, {
      version: (found?.version ?? 0) + 1,
      spec: dashboard,
      folder: folder === undefined ? undefined : String(folder),
    });
    return { status: 200, body: { status: 'success', uid } };
  }

  return {
    url: `http://localhost:${port}`,
    calls,
    kept,
    switches,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

type Fields = Record<string, unknown>;
interface Answer {
  status: number;
  body?: unknown;
  text?: string;
}

const status = (code: number, reason: string, name: string): Answer => ({
  status: code,
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: `dashboards "${name}": ${reason}`,
    reason,
    details: { name, kind: 'dashboards' },
    code,
  },
});

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

async function body(request: IncomingMessage): Promise<Fields> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : fields(JSON.parse(text));
}

function send(response: ServerResponse, { status, body, text }: Answer): void {
  response
    .writeHead(status, { 'content-type': text === undefined ? 'application/json' : 'text/plain' })
    .end(text ?? JSON.stringify(body));
}
