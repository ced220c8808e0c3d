/**
 * A STAND-IN for Grafana where no registry is reachable: its documented endpoints and its traps, no panels.
 * Sources: stack-facts.md §6; pkg/api/http_server.go and pkg/middleware of grafana/grafana (order of checks).
 */
import { readFileSync } from 'node:fs';
import { grafanaCli } from './grafana-cli.ts';
import { dashboardApi, saveDashboard } from './grafana-dashboards.ts';
import { dataSources, provisionedDashboards, type DataSource } from './grafana-provisioning.ts';
import { adminWith, passwordIsRight, readStore, writeStore, type Store } from './grafana-store.ts';
import { isOn, json, leaveOnSignals, readJson, serve, text, type Call } from './http.ts';

const VERSION = '13.2.2';
const { env } = process;
const [command, ...args] = process.argv.slice(2);
if (command === 'cli') process.exit(grafanaCli(args));

type Role = 'admin' | 'viewer' | 'nobody' | 'wrong';
const port = Number(env['GF_SERVER_HTTP_PORT'] ?? '3000');
const domain = env['GF_SERVER_DOMAIN'] ?? 'localhost';
const rootUrl = (env['GF_SERVER_ROOT_URL'] ?? `http://${domain}:${port}/`).replace(/\/$/, '');
const failures: number[] = [];
const MAX_FAILURES = 5;
const FAILURE_WINDOW_MS = 5 * 60_000;

leaveOnSignals();
readSecrets();
// Only a first start takes the password from the environment; a volume that is there keeps its own.
if (readStore() === undefined)
  writeStore({
    admin: adminWith(env['GF_SECURITY_ADMIN_USER'] ?? 'admin', env['GF_SECURITY_ADMIN_PASSWORD'] || 'admin'),
    dashboards: [],
  });
dataSources();
provisionedDashboards();
serve(port, handle);
console.log(`stand-in for Grafana ${VERSION}: HTTP ${port}`);

/** GF_X__FILE names a file that holds GF_X. One that can't be read leaves GF_X empty, as the image's own script does. */
function readSecrets(): void {
  for (const [name, path] of Object.entries(env)) {
    const target = /^(GF_\w+)__FILE$/.exec(name)?.[1];
    if (target === undefined || path === undefined || path === '') continue;
    if ((env[target] ?? '') !== '') {
      console.error(`ERROR: Both ${target} and ${name} are set (but are exclusive)`);
      process.exit(1);
    }
    try {
      env[target] = readFileSync(path, 'utf8').trimEnd();
    } catch (error) {
      console.error(`stand-in: ${name}: ${String(error)}`);
    }
  }
}

async function handle(call: Call): Promise<void> {
  if (call.path === '/healthz') return text(call, 200, 'Ok');
  if (call.path === '/api/health')
    return json(call, 200, {
      database: 'ok',
      ...(isOn(env['GF_AUTH_ANONYMOUS_HIDE_VERSION']) ? {} : { version: VERSION, commit: 'stand-in' }),
    });
  if (call.path === '/metrics' && (env['GF_METRICS_ENABLED'] ?? 'true') === 'true') return metrics(call);
  const host = (call.request.headers.host ?? '').split(':')[0] ?? '';
  if (isOn(env['GF_SERVER_ENFORCE_DOMAIN']) && host.toLowerCase() !== domain.toLowerCase())
    return void call.response.writeHead(301, { location: `${rootUrl}${call.url}` }).end();
  const store = readStore();
  if (store === undefined) return json(call, 500, { message: 'the database is gone' });
  const role = roleOf(call, store);
  if (role === 'wrong')
    return json(call, 401, { message: 'Invalid username or password', messageId: 'password-auth.failed' });
  if (call.path === '/login' || call.path === '/') return page(call, role);
  if (role === 'nobody')
    return json(call, 401, { message: 'Unauthorized', messageId: 'auth.unauthorized', statusCode: 401 });
  await answer(call, store, role);
}

/** Asks for the password of GF_METRICS_BASIC_AUTH_*, where both are set. */
function metrics(call: Call): void {
  const user = env['GF_METRICS_BASIC_AUTH_USERNAME'] ?? '';
  const password = env['GF_METRICS_BASIC_AUTH_PASSWORD'] ?? '';
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (user !== '' && password !== '' && call.request.headers.authorization !== wanted)
    return void call.response.writeHead(401, { 'www-authenticate': 'Basic realm="Restricted"' }).end();
  text(
    call,
    200,
    `# TYPE grafana_build_info gauge\ngrafana_build_info{version="${VERSION}",stand_in="true"} 1\n`,
  );
}

/** Basic auth, else the anonymous viewer. After five wrong passwords in five minutes even the right one fails. */
function roleOf({ request }: Call, store: Store): Role {
  const basic = /^Basic (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic === undefined) {
    const role = (env['GF_AUTH_ANONYMOUS_ORG_ROLE'] ?? 'Viewer').toLowerCase();
    return isOn(env['GF_AUTH_ANONYMOUS_ENABLED']) ? (role === 'viewer' ? 'viewer' : 'admin') : 'nobody';
  }
  const [login = '', ...password] = Buffer.from(basic, 'base64').toString('utf8').split(':');
  const since = Date.now() - FAILURE_WINDOW_MS;
  if (failures.filter((time) => time > since).length >= MAX_FAILURES) return 'wrong';
  if (passwordIsRight(store.admin, login, password.join(':'))) return 'admin';
  failures.push(Date.now());
  return 'wrong';
}

function page(call: Call, role: Role): void {
  if (call.path === '/' && role === 'nobody')
    return void call.response.writeHead(302, { location: '/login' }).end();
  const framing = isOn(env['GF_SECURITY_ALLOW_EMBEDDING']) ? {} : { 'x-frame-options': 'deny' };
  call.response
    .writeHead(200, { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-store', ...framing })
    .end('<!doctype html><title>Grafana (stand-in)</title><p>A stand-in for Grafana.');
}

async function answer(call: Call, store: Store, role: Role): Promise<void> {
  const route = `${call.method} ${call.path}`;
  const health = /^GET \/api\/datasources\/uid\/([^/]+)\/health$/.exec(route)?.[1];
  if (health !== undefined) return await checkDataSource(call, health);
  const uid = /^GET \/api\/dashboards\/uid\/([^/]+)$/.exec(route)?.[1];
  if (uid !== undefined) return oneDashboard(call, store, uid);
  if (route === 'GET /api/org') return json(call, 200, { id: 1, name: 'Main Org.' });
  if (route === 'GET /api/search') return json(call, 200, allDashboards(store));
  if (role !== 'admin')
    return route === 'GET /api/user'
      ? json(call, 401, { message: 'Unauthorized' })
      : json(call, 403, {
          message: "You'll need additional permissions to perform this action.",
          title: 'Access denied',
        });
  if (route === 'GET /api/user')
    return json(call, 200, { id: 1, login: store.admin.login, isGrafanaAdmin: true });
  if (route === 'GET /api/datasources')
    return json(
      call,
      200,
      dataSources().map(({ uid, name, type, url }) => ({ uid, name, type, url, readOnly: true })),
    );
  if (call.path.startsWith('/apis/')) {
    const sent = call.method === 'GET' ? undefined : await readJson(call);
    const reply = dashboardApi(store, call.method, call.path, sent);
    if (reply !== undefined) return json(call, reply.status, reply.body);
  }
  if (route === 'POST /api/dashboards/db') {
    const { status, body } = saveDashboard(store, await readJson(call));
    return json(call, status, body);
  }
  json(call, 404, { message: 'Not found' });
}

function allDashboards(store: Store): unknown[] {
  return [...provisionedDashboards(), ...store.dashboards].map(({ uid, title }) => ({
    uid,
    title,
    type: 'dash-db',
    url: `/d/${uid}`,
  }));
}

function oneDashboard(call: Call, store: Store, uid: string): void {
  const provisioned = provisionedDashboards().find((each) => each.uid === uid);
  const found = provisioned ?? store.dashboards.find((each) => each.uid === uid);
  if (found === undefined) return json(call, 404, { message: 'Dashboard not found' });
  json(call, 200, { dashboard: found.dashboard, meta: { provisioned: provisioned !== undefined } });
}

/** As Grafana's own check of a Prometheus: one query through the server, with the stored credentials. */
async function checkDataSource(call: Call, uid: string): Promise<void> {
  const source = dataSources().find((each) => each.uid === uid);
  if (source === undefined) return json(call, 404, { message: 'Data source not found' });
  const problem = await query(source);
  if (problem === undefined)
    return json(call, 200, { message: 'Successfully queried the Prometheus API.', status: 'OK' });
  json(call, 400, { message: problem, status: 'ERROR' });
}

async function query({ url, user, password }: DataSource): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url.replace(/\/$/, '')}/api/v1/query?query=1%2B1`, {
      headers:
        user === ''
          ? {}
          : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
      signal: AbortSignal.timeout(10_000),
    });
    await answer.text();
    return answer.ok ? undefined : `${answer.status} ${answer.statusText} returned by the data source`;
  } catch (error) {
    return `the data source does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
