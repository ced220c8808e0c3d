/** T18 to T20 on a real engine: what the containers may do, and what their published ports tell a stranger. */
import { connect } from 'node:http2';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as z from 'zod';
import { ask } from '../support/http.ts';
import { mustHold } from '../support/violation.ts';
import type { TestEngine } from './harness/engine.ts';
import { STACKS, type TestLab } from './stack-lab.ts';

const FOREIGN = { host: 'evil.example', origin: 'http://evil.example' };

/** T20: with a foreign name and no credential there is nothing on any published port. */
export async function provePortsAreClosed({ lab }: TestLab): Promise<void> {
  const { ports } = lab.stack;
  const paths = [
    [ports.model, '/v1/models'],
    [ports.model, '/metrics'],
    [ports.model, '/slots'],
    [ports.weaviate, '/v1/meta'],
    [ports.weaviate, '/v1/schema'],
    [ports.weaviate_grpc, '/'],
    [ports.prometheus, '/api/v1/query?query=up'],
    [ports.prometheus, '/metrics'],
    [ports.grafana, '/api/search'],
    [ports.grafana, '/metrics'],
  ] as const;
  for (const [port, path] of paths) {
    // A gRPC port hangs up on HTTP/1.1.
    const answer = await ask(port, { path, headers: FOREIGN }).catch(() => ({ status: 0, headers: {} }));
    mustHold(
      [0, 301, 302, 400, 401, 403, 404, 421].includes(answer.status),
      `${port}${path} answers ${answer.status}`,
    );
    const granted = (answer.headers as Record<string, unknown>)['access-control-allow-origin'];
    mustHold(!/\*|evil/.test(String(granted)), `${port}${path} lets ${String(granted)} read it`);
  }
  const status = await askGrpc(ports.weaviate_grpc);
  mustHold(
    status === '16',
    `Weaviate’s gRPC answers a stranger with the status ${status}, not 16 (unauthenticated)`,
  );
}

/** Status of a call of Weaviate's search without a key, over HTTP/2 as its clients send it. */
export function askGrpc(port: number, headers: Record<string, string> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://127.0.0.1:${port}`);
    const end = (how: () => void) => {
      session.destroy();
      how();
    };
    session.once('error', (error) => end(() => reject(error)));
    const call = session.request({
      ':method': 'POST',
      ':path': '/weaviate.v1.Weaviate/Search',
      ':authority': 'evil.example',
      'content-type': 'application/grpc',
      origin: FOREIGN.origin,
      te: 'trailers',
      ...headers,
    });
    let status = '';
    const read = (from: Record<string, unknown>) => (status = String(from['grpc-status'] ?? status));
    call.on('response', read);
    call.on('trailers', read);
    call.on('data', () => undefined);
    call.setTimeout(5000, () => end(() => resolve('none: silent')));
    call.once('error', (error) => end(() => reject(error)));
    call.once('close', () => end(() => resolve(status)));
    // An empty message: no compression, no bytes.
    call.end(Buffer.alloc(5));
  });
}

const inspected = z.tuple([
  z.object({
    HostConfig: z.looseObject({
      PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() })).nullable()).nullable(),
    }),
    Config: z.object({ User: z.string() }),
    Mounts: z.array(
      z.looseObject({ Type: z.string(), Source: z.string(), Destination: z.string(), RW: z.boolean() }),
    ),
  }),
]);

/** What is the same for every service; of `privileged`, devices, the host's namespaces and its socket there is none. */
const CONFINED = {
  Privileged: false,
  CapAdd: null,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges:true'],
  PidsLimit: 1024,
  PidMode: '',
  IpcMode: 'private',
  UsernsMode: '',
  UTSMode: '',
  Devices: null,
  DeviceRequests: null,
  VolumesFrom: null,
  Links: null,
  ExtraHosts: [],
  PublishAllPorts: false,
};
const READ_ONLY_ROOTS = new Set(['model', 'prometheus', 'grafana']);

/** T18: every container is confined as the stack file says, whatever ai-lab.yaml says. */
export async function proveConfined(engine: TestEngine, lab: TestLab): Promise<void> {
  for (const { name, meta } of await lab.status()) {
    const text = await engine.docker('inspect', String(meta['container']));
    const [{ HostConfig: host, Config, Mounts }] = inspected.parse(JSON.parse(text));
    const is = Object.fromEntries(Object.keys(CONFINED).map((key) => [key, host[key]]));
    mustHold(JSON.stringify(is) === JSON.stringify(CONFINED), `${name} runs with ${JSON.stringify(is)}`);
    mustHold(
      !/^(host|container:)/.test(String(host['NetworkMode'])),
      `${name} has the network ${String(host['NetworkMode'])}`,
    );
    mustHold(Number(host['Memory']) > 0, `${name} has no limit of memory`);
    mustHold(host['ReadonlyRootfs'] === READ_ONLY_ROOTS.has(name), `${name} may write to its root`);
    if (name === 'model') mustHold(!/^(0|root|)(:|$)/.test(Config.User), `${name} runs as ${Config.User}`);
    for (const [port, bindings] of Object.entries(host.PortBindings ?? {}))
      for (const { HostIp } of bindings ?? [])
        mustHold(HostIp === '127.0.0.1', `${name} publishes ${port} on ${HostIp}`);
    for (const mount of Mounts.filter(({ Type }) => Type === 'bind')) {
      const ours = mount.Source.startsWith(lab.home.root) || mount.Destination === '/weights';
      mustHold(ours && !mount.RW, `${name} has ${mount.Source} at ${mount.Destination}`);
    }
  }
}

/** T19: a file of a stranger that takes over the model server finds no Docker, no root, no way to write. */
export async function proveModelIsJailed(engine: TestEngine, lab: TestLab): Promise<void> {
  const id = String((await lab.item('model')).meta['container']);
  const inside = async (...command: string[]) => {
    try {
      return await engine.docker('exec', id, ...command);
    } catch (error) {
      return `refused: ${String(error)}`;
    }
  };
  mustHold(
    /^refused:[^]*(No such file|not found|cannot access)/i.test(await inside('ls', '/var/run/docker.sock')),
    'the socket of Docker is in the container of the model',
  );
  for (const path of ['/x', '/weights/x', '/run/ailab/x', '/usr/bin/x'])
    mustHold(
      /^refused:[^]*(Read-only|Permission denied)/.test(await inside('touch', path)),
      `the model server can write ${path}`,
    );
  const status = await inside('cat', '/proc/self/status');
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
  mustHold(field('Uid') !== '0', `the model server runs as uid ${field('Uid')}`);
  mustHold(
    /^0+$/.test(field('CapEff') ?? '') && /^0+$/.test(field('CapBnd') ?? ''),
    `the model server has the capabilities ${field('CapEff')}`,
  );
  mustHold(field('NoNewPrivs') === '1', 'the model server may gain privileges');
}

/** A copy of the stack files with a defence taken out of them; a text that is no longer there is an error. */
export function weakenedStacks(cuts: readonly (readonly [from: string, to: string])[]): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'ailab-stacks-')), 'stacks');
  cpSync(STACKS, folder, { recursive: true });
  const file = join(folder, 'stack.yml');
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of cuts) {
    if (!text.includes(from)) throw new Error(`stack.yml no longer holds ${from}`);
    text = text.replaceAll(from, to);
  }
  writeFileSync(file, text);
  return folder;
}

/** By row. */
export const STACK_CUTS = {
  T18: [['cap_drop: [ALL]\n', 'cap_add: [SYS_ADMIN]\n']],
  T19: [
    ['    read_only: true\n    tmpfs: [/tmp]\n    # Equal', '    tmpfs: [/tmp]\n    # Equal'],
    ['user: ${AILAB_USER:-65534:65534}', "user: '0:0'"],
  ],
  T20: [
    ['      - --api-key-file\n      - /run/ailab/model.key\n', ''],
    ["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false'", "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'true'"],
  ],
} as const;
