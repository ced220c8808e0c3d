/**
 * Our built product, with key check and metering on, beside other relays to one and the same stand-in model server,
 * which is the lab's own runtime.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateHome } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { readEndpoint } from '../../server/resources/embedded-runtime/endpoint.ts';
import { ailab } from '../support/cli.ts';
import { ROOT, startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { startHelper, untilAnswers, type Helper } from './helper.ts';
import { relayApp, startNext } from './next-app.ts';
import { nginx, npmTool } from './tools.ts';

export const PORTKEY = { name: '@portkey-ai/gateway', version: '1.15.2' } as const;

export interface Relay {
  name: string;
  url: URL;
  headers: Record<string, string>;
  agent: Agent;
  /** False: it can't pass an event stream on. */
  streams: boolean;
}

export interface Rig {
  lab: Lab;
  direct: Relay;
  ours: Relay;
  /** Those that could be had here. */
  others: Relay[];
  /** Why the rest could not, by name. */
  missing: Map<string, string>;
  /** Of the server that we measure. */
  lagSocket: string;
  stop(): Promise<void>;
}

const HERE = join(import.meta.dirname, 'relays');
const PATH = '/v1/chat/completions';

const STARTS = { nginx: startNginx, 'raw pipe': startPipe, Portkey: startPortkey, 'Next route': startRoute };
export type RelayName = keyof typeof STARTS;
const ALL = Object.keys(STARTS) as RelayName[];

/** `beside`: these alone are started beside ours. */
export async function openRig(beside: readonly RelayName[] = ALL): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const lagSocket = join(folder, 'lag.sock');
  const model = await standInModel([], join(HERE, 'upstream.mjs'));
  const lab = await startLab({
    program: [
      '--import',
      join(HERE, 'lag.mjs'),
      join(ROOT, 'server', 'bin', 'ailab-web.mjs'),
      'serve',
      '--no-open',
    ],
    env: { ...model.env, AILAB_BENCH_LAG: lagSocket },
    config: model.config,
  });
  const helpers: Helper[] = [];
  const stop = async () => {
    await Promise.all(helpers.map((helper) => helper.stop()));
    await ailab(['down', '--home', lab.home]);
    await lab.stop();
    model.remove();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await bringUp(lab);
    const endpoint = readEndpoint(locateHome(lab.home));
    if (endpoint === null) throw new Error('no endpoint after up');
    const { secret } = await lab.api().access.createKey.mutate({ name: 'bench' });
    const relay = (name: string, base: string, key: string, more = {}, streams = true): Relay => ({
      name,
      url: new URL(PATH, base),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...more },
      agent: new Agent({ keepAlive: true }),
      streams,
    });
    const missing = new Map<string, string>();
    const others: Relay[] = [];
    for (const name of beside) {
      try {
        const port = await anyFreePort();
        const base = `http://127.0.0.1:${port}`;
        const helper = STARTS[name]({ port, upstream: endpoint.baseUrl, folder });
        helpers.push(helper);
        await untilAnswers(base);
        const portkey = { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${endpoint.baseUrl}/v1` };
        others.push(
          name === 'Portkey'
            ? relay(name, base, endpoint.apiKey, portkey, false)
            : relay(name, base, endpoint.apiKey),
        );
      } catch (error) {
        missing.set(name, error instanceof Error ? error.message : String(error));
      }
    }
    return {
      lab,
      direct: relay('direct', endpoint.baseUrl, endpoint.apiKey),
      ours: relay('ours', `http://127.0.0.1:${lab.port}`, secret),
      others,
      missing,
      lagSocket,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Place {
  port: number;
  /** `http://127.0.0.1:<port>` of the model server. */
  upstream: string;
  folder: string;
}

function startPipe({ port, upstream }: Place): Helper {
  return startHelper(process.execPath, [join(HERE, 'pipe.mjs'), String(port), upstream]);
}

function startRoute({ port, upstream }: Place): Helper {
  return startNext(relayApp(), port, { UPSTREAM: upstream });
}

function startPortkey({ port }: Place): Helper {
  const program = join(npmTool(PORTKEY.name, PORTKEY.version), 'build', 'start-server.js');
  return startHelper(process.execPath, [program, `--port=${port}`, '--headless']);
}

/** As one sets it up for event streams: kept connections, no buffering. */
function startNginx({ port, upstream, folder }: Place): Helper {
  const place = join(folder, 'nginx');
  mkdirSync(place, { recursive: true });
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(place, name)};`)
    .join(' ');
  writeFileSync(
    join(place, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${join(place, 'pid')}; error_log ${join(place, 'error.log')};
events { worker_connections 1024; }
http {
  access_log off; ${temps} keepalive_requests 1000000;
  upstream model { server ${new URL(upstream).host}; keepalive 128; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`,
  );
  const args = ['-p', place, '-c', join(place, 'nginx.conf'), '-e', join(place, 'error.log')];
  return startHelper(nginx(), args);
}
