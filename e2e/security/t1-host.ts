/** T1: DNS rebinding. A page whose name was bent to 127.0.0.1 is same-origin with us; only its Host betrays it. */
import { hostname } from 'node:os';
import { withBrowser } from '../support/browser.ts';
import { bodyOf, sendRaw, statusOf } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const LISTED = (port: number) => [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`];

/** One Host header with this value. */
const FOREIGN = (port: number) => [
  'evil.example',
  `evil.example:${port}`,
  'localhost',
  'localhost:',
  `localhost:${port + 1}`,
  `localhost:0${port}`,
  `localhost:+${port}`,
  `localhost:${port}:${port}`,
  `localhost.:${port}`,
  `LOCALHOST:${port}`,
  `Localhost:${port}`,
  `localhost.evil:${port}`,
  `localhost.localdomain:${port}`,
  `app.localhost:${port}`,
  `127.0.0.1.nip.io:${port}`,
  '127.0.0.1',
  `127.0.0.1.:${port}`,
  `127.0.0.2:${port}`,
  `127.1:${port}`,
  `0.0.0.0:${port}`,
  `0:${port}`,
  `2130706433:${port}`,
  `0x7f000001:${port}`,
  `0177.0.0.1:${port}`,
  '[::1]',
  `[::]:${port}`,
  `[0:0:0:0:0:0:0:1]:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `[::1%25lo]:${port}`,
  `::1:${port}`,
  `user@localhost:${port}`,
  `user:pass@localhost:${port}`,
  `localhost:${port},evil.example`,
  `localhost:${port} evil.example`,
  `localhost:${port}/`,
  `localhost:${port}#`,
  `http://localhost:${port}`,
  `local%68ost:${port}`,
  `\xa0localhost:${port}`,
  `localhost\0:${port}`,
  `169.254.169.254:${port}`,
  `host.docker.internal:${port}`,
  `${hostname()}.:${port}`,
  '',
];

interface Form {
  words: string;
  /** Request line without method and path, and the lines that say who is meant. */
  line: (path: string) => string;
  hosts: string[];
}

const STRUCTURES = (port: number): Form[] => {
  const own = `localhost:${port}`;
  const plain = (path: string) => `GET ${path} HTTP/1.1`;
  return [
    { words: 'two equal Host headers', line: plain, hosts: [`Host: ${own}`, `Host: ${own}`] },
    { words: 'Host: ours, then theirs', line: plain, hosts: [`Host: ${own}`, 'Host: evil.example'] },
    { words: 'Host: theirs, then ours', line: plain, hosts: ['Host: evil.example', `HOST: ${own}`] },
    { words: 'no Host', line: plain, hosts: [] },
    { words: 'HTTP/1.0 without Host', line: (path) => `GET ${path} HTTP/1.0`, hosts: [] },
    { words: 'HTTP/1.0, theirs', line: (path) => `GET ${path} HTTP/1.0`, hosts: ['Host: evil.example'] },
    { words: 'HTTP/2.0, theirs', line: (path) => `GET ${path} HTTP/2.0`, hosts: ['Host: evil.example'] },
    {
      words: 'absolute-form, ours',
      line: (path) => `GET http://${own}${path} HTTP/1.1`,
      hosts: [`Host: ${own}`],
    },
    {
      words: 'absolute-form, theirs',
      line: (path) => `GET http://evil.example${path} HTTP/1.1`,
      hosts: [`Host: ${own}`],
    },
    {
      words: 'absolute-form ours, Host theirs',
      line: (path) => `GET http://${own}${path} HTTP/1.1`,
      hosts: ['Host: evil.example'],
    },
    { words: 'network-path', line: (path) => `GET //${own}${path} HTTP/1.1`, hosts: [`Host: ${own}`] },
    { words: 'CONNECT', line: () => `CONNECT ${own} HTTP/1.1`, hosts: [`Host: ${own}`] },
    { words: 'obs-fold', line: plain, hosts: ['Host: evil.example', ` ${own}`] },
    { words: 'obs-fold, empty first', line: plain, hosts: ['Host:', ` ${own}`] },
    { words: 'space before the colon', line: plain, hosts: [`Host : ${own}`] },
    { words: 'bare LF between two', line: plain, hosts: [`Host: ${own}\nHost: evil.example`] },
    {
      words: 'theirs, with X-Forwarded-Host ours',
      line: plain,
      hosts: ['Host: evil.example', `X-Forwarded-Host: ${own}`, `Forwarded: host=${own}`, `X-Host: ${own}`],
    },
  ];
};

/** With every credential there is, so that nothing but the Host stands between the request and the data. */
async function proveBySocket(lab: Lab): Promise<void> {
  const { port } = lab;
  const proof = Object.entries(credentials(await login(lab))).map(([name, value]) => `${name}: ${value}`);
  const send = ({ line, hosts }: Pick<Form, 'line' | 'hosts'>, path: string) =>
    sendRaw(
      port,
      Buffer.from([line(path), ...hosts, ...proof, 'Connection: close', '', ''].join('\r\n'), 'latin1'),
    );
  const plain = (path: string) => `GET ${path} HTTP/1.1`;
  const paths = ['/healthz', '/login', '/api/trpc/lab.status'];
  for (const host of LISTED(port)) {
    for (const path of paths) {
      const answer = await send({ line: plain, hosts: [`Host: ${host}`] }, path);
      if (statusOf(answer) !== 200) throw new Error(`our own Host ${host} got ${answer.slice(0, 200)}`);
    }
  }
  const forms: Form[] = [
    ...FOREIGN(port).map((host) => ({ words: `Host: ${host}`, line: plain, hosts: [`Host: ${host}`] })),
    ...STRUCTURES(port),
  ];
  for (const form of forms) {
    for (const path of paths) {
      const answer = await send(form, path);
      mustHold(
        [0, 400, 421, 505].includes(statusOf(answer)) && isRefusal(bodyOf(answer)),
        `${form.words} was let in to ${path}: ${answer.slice(0, 120)}`,
      );
    }
  }
}

/** A page of rebind.example that was loaded before the name was bent to us, and one asked for afterwards. */
async function proveByBrowser(lab: Lab): Promise<void> {
  await withBrowser({ 'rebind.example': lab.port }, async (browser) => {
    const page = await browser.newPage();
    const site = `http://rebind.example:${lab.port}`;
    await page.route(`${site}/attack`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>attack</title>' }),
    );
    await page.goto(`${site}/attack`);
    for (const path of ['/', '/login', '/healthz', '/chat', '/api/trpc/lab.status', '/v1/models']) {
      const got = await page.evaluate(async (path) => {
        const response = await fetch(path, { credentials: 'include' });
        return { status: response.status, body: await response.text() };
      }, path);
      mustHold(
        got.status === 421 && isRefusal(got.body),
        `a rebound page read ${path}: ${got.status}, ${got.body.length} bytes`,
      );
    }
    const direct = await page.goto(`${site}/`);
    mustHold(
      direct?.status() === 421 && isRefusal(await direct.text()),
      `${site}/ was served: ${direct?.status()}`,
    );
  });
}

/** Nothing, or the few words of the gate: none of the product's pages, files or data. */
function isRefusal(body: string): boolean {
  return (
    body === '' || (/^\{"error":\{.*"code":"(host_not_allowed|bad_target)"/.test(body) && body.length < 250)
  );
}

export const t1: Row = {
  id: 'T1',
  describe: 'only our own Hosts, with our port, are served; a rebound page reads none of our bytes',
  async prove(lab) {
    await proveBySocket(lab);
    await proveByBrowser(lab);
  },
};
