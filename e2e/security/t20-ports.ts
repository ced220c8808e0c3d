/** T20: the model's own port, which every page and program of this machine can reach. (The stack's: e2e/docker.) */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { withBrowser } from '../support/browser.ts';
import { ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { allProcesses } from '../support/processes.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const PATHS = [
  '/v1/models',
  '/v1/chat/completions',
  '/completion',
  '/slots',
  '/metrics',
  '/props',
  '/nowhere',
];

/** Without the key nothing but the health, whatever name the caller gives itself. */
async function proveKey(port: number): Promise<void> {
  for (const path of PATHS) {
    const method = path.includes('completion') ? 'POST' : 'GET';
    for (const extra of [
      {},
      { authorization: 'Bearer x' },
      { 'x-api-key': 'x' },
      { authorization: 'Bearer ' },
    ]) {
      const { status, headers, body } = await ask(port, {
        path,
        method,
        headers: { origin: 'http://evil.example', 'content-type': 'application/json', ...extra },
        ...(method === 'POST' ? { body: '{"messages":[{"role":"user","content":"Hi"}]}' } : {}),
      });
      mustHold(
        status === 401,
        `the model’s port answers ${path} without its key: ${status} ${body.slice(0, 80)}`,
      );
      const granted = headers['access-control-allow-origin'];
      mustHold(granted === undefined || granted === '', `the model’s port lets ${granted} read ${path}`);
    }
  }
}

async function proveByPage(port: number): Promise<void> {
  const stranger = await strangerServing();
  try {
    await withBrowser({}, async (browser) => {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${stranger.port}/`);
      const read = await page.evaluate(
        (urls) =>
          Promise.all(
            urls.map((url) =>
              fetch(url).then(
                async (response) => `${url}: ${response.status} ${(await response.text()).slice(0, 80)}`,
                () => null,
              ),
            ),
          ),
        [...PATHS, '/health'].map((path) => `http://127.0.0.1:${port}${path}`),
      );
      const seen = read.filter((text) => text !== null);
      mustHold(seen.length === 0, `a page has read the model’s port: ${seen.join(', ')}`);
    });
  } finally {
    await stranger.close();
  }
}

/** The neighbours of this machine come to one of its other addresses. */
async function proveLoopbackOnly(port: number): Promise<void> {
  const others = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: address, port, timeout: 3000 });
      const end = (is: boolean) => {
        socket.destroy();
        resolve(is);
      };
      socket
        .once('connect', () => end(true))
        .once('error', () => end(false))
        .once('timeout', () => end(false));
    });
    mustHold(!open, `the model’s port is open on ${address}`);
  }
}

async function prove(lab: Lab): Promise<void> {
  await bringUp(lab);
  const port = Number(/model: (\d+)/.exec(readFileSync(`${lab.home}/ai-lab.yaml`, 'utf8'))?.[1]);
  const { status } = await ask(port, { path: '/health' });
  if (status !== 200) throw new Error(`the model’s port ${port} is not up: ${status}`);
  await proveKey(port);
  await proveByPage(port);
  await proveLoopbackOnly(port);
  // The stand-in has no CORS of its own to restrict: the real server’s is told by this flag, which must be there.
  const server = allProcesses().find(
    ({ argv }) => argv.includes(lab.home) && argv.includes('--api-key-file'),
  );
  mustHold(/ --cors-origins {2}/.test(server?.argv ?? ''), `the model server was started as ${server?.argv}`);
}

export const t20: Row = {
  id: 'T20',
  describe: 'the model’s port answers nobody without its key, lets no page read, and is on the loopback only',
  needsModel: true,
  prove,
};
