/**
 * A STAND-IN for Weaviate where no registry is reachable: its documented endpoints and its traps, no database.
 * Sources: stack-facts.md §4; adapters/handlers/rest/middlewares.go of weaviate/weaviate (order of checks, CORS).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http2';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isOn, json, leaveOnSignals, serve, text, type Call } from './http.ts';

const VERSION = '1.39.8';
const { env } = process;
const { values } = parseArgs({
  options: {
    host: { type: 'string' },
    port: { type: 'string', default: '8080' },
    scheme: { type: 'string' },
  },
});
const anonymous = (env['AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED'] ?? 'true') === 'true';
const keys = isOn(env['AUTHENTICATION_APIKEY_ENABLED'])
  ? (env['AUTHENTICATION_APIKEY_ALLOWED_KEYS'] ?? '').split(',').filter((key) => key !== '')
  : [];
const requests = new Map<string, number>();

leaveOnSignals();
if (isOn(env['AUTHENTICATION_APIKEY_ENABLED'])) checkKeys();
const node = env['CLUSTER_HOSTNAME'] ?? env['HOSTNAME'] ?? 'node1';
const ready = joinCluster();

serve(Number(values.port), (call) => {
  if (call.url === '/v1/.well-known/live') return void call.response.writeHead(200).end();
  if (call.url === '/v1/.well-known/ready') return void call.response.writeHead(ready ? 200 : 503).end();
  // Not the asking origin but the configured text, on every answer.
  call.response.setHeader('access-control-allow-origin', env['CORS_ALLOW_ORIGIN'] ?? '*');
  call.response.setHeader('access-control-allow-methods', env['CORS_ALLOW_METHODS'] ?? '*');
  call.response.setHeader(
    'access-control-allow-headers',
    env['CORS_ALLOW_HEADERS'] ?? 'Content-Type, Authorization, Batch, X-Openai-Api-Key',
  );
  if (call.method === 'OPTIONS') return void call.response.writeHead(200).end();
  if (call.path === '/') return void call.response.writeHead(301, { location: '/v1' }).end();
  const refusal = refuse(call);
  const status = refusal === undefined ? answer(call) : 401;
  if (refusal !== undefined) json(call, 401, { code: 401, message: refusal });
  requests.set(String(status), (requests.get(String(status)) ?? 0) + 1);
});
const grpcPort = Number(env['GRPC_PORT'] ?? '50051');
// Of gRPC only who may call: 16 is unauthenticated, 12 a method that is not there.
const grpc = createServer();
grpc.on('sessionError', () => undefined);
grpc.on('stream', (stream, headers) => {
  stream.on('error', () => undefined);
  const known = anonymous || keys.some((key) => headers.authorization === `Bearer ${key}`);
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': known ? '12' : '16' });
  stream.end();
});
grpc.listen(grpcPort, '0.0.0.0');
if (isOn(env['PROMETHEUS_MONITORING_ENABLED']))
  serve(Number(env['PROMETHEUS_MONITORING_PORT'] ?? '2112'), (call) =>
    call.path === '/metrics' ? text(call, 200, metrics()) : text(call, 404, '404 page not found\n'),
  );
console.log(
  `stand-in for Weaviate ${VERSION}: HTTP ${values.port}, gRPC ${grpcPort} (tells who may call), node ${node}`,
);

/** Weaviate ends at start when keys are asked for and none, or no user, is given. */
function checkKeys(): void {
  const users = (env['AUTHENTICATION_APIKEY_USERS'] ?? '').split(',').filter((user) => user !== '');
  if (keys.length > 0 && users.length > 0 && (users.length === 1 || users.length === keys.length)) return;
  console.log(
    'stand-in: invalid config: AUTHENTICATION_APIKEY_ALLOWED_KEYS and _USERS: need both, one user or one per key',
  );
  process.exit(1);
}

/** The raft store keeps the node's name; a node that comes back under another name never becomes ready. */
function joinCluster(): boolean {
  const folder = env['PERSISTENCE_DATA_PATH'] ?? './data';
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'stand-in-node');
  try {
    return readFileSync(file, 'utf8') === node;
  } catch {
    writeFileSync(file, node);
    return true;
  }
}

/** Why this call gets 401; undefined when it may pass. */
function refuse({ request, path }: Call): string | undefined {
  if (path === '/v1' || path === '/v1/.well-known/openid-configuration') return undefined;
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined)
    return anonymous ? undefined : 'anonymous access not enabled, please provide an auth scheme such as OIDC';
  return keys.includes(bearer) ? undefined : 'unauthorized: invalid api key, please provide a valid api key';
}

/** Answers and returns the status. */
function answer(call: Call): number {
  const bodies: Record<string, unknown> = {
    '/v1': { links: [{ href: '/v1/meta', name: 'Meta information about this instance/cluster' }] },
    '/v1/meta': { hostname: `http://[::]:${values.port}`, modules: {}, version: VERSION, standIn: true },
    '/v1/nodes': {
      nodes: [{ name: node, status: ready ? 'HEALTHY' : 'UNHEALTHY', version: VERSION, shards: null }],
    },
    '/v1/schema': { classes: [] },
    '/v1/objects': { objects: [], totalResults: 0 },
  };
  const body = call.method === 'GET' ? bodies[call.path] : undefined;
  const status = body === undefined ? 404 : 200;
  json(call, status, body ?? { code: 404, message: `path ${call.path} was not found` });
  return status;
}

function metrics(): string {
  const lines = [...requests].map(
    ([status, count]) =>
      `requests_total{status="${status}",class_name="n/a",api="rest",query_type="n/a"} ${count}`,
  );
  return `${[
    '# TYPE weaviate_build_info gauge',
    `weaviate_build_info{version="${VERSION}",stand_in="true"} 1`,
    '# TYPE object_count gauge',
    'object_count{class_name="n/a",shard_name="n/a"} 0',
    '# TYPE requests_total gauge',
    ...lines,
  ].join('\n')}\n`;
}
