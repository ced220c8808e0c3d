/** T6: web sockets are not held back by CORS, and an upgrade is another event than a request (CVE-2026-57169). */
import { sendRaw, statusOf } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const FOREIGN = (port: number) => [
  undefined,
  'null',
  '',
  'http://evil.example',
  `http://evil.example:${port}`,
  `http://localhost:${port + 1}`,
  `https://localhost:${port}`,
  `ws://localhost:${port}`,
  `http://localhost:${port}.evil.example`,
  `http://localhost:${port}/`,
  `http://LOCALHOST:${port}`,
  'http://localhost',
  'file://',
  'chrome-extension://abcdefghijklmnop',
];

const PATHS = ['/', '/api/trpc/live.events', '/_next/webpack-hmr', '/_next/hmr', '/v1/models', '/nowhere'];

/** Once for who is not known, and once with a full login: an Origin is judged before that. */
async function prove(lab: Lab): Promise<void> {
  const proof = credentials(await login(lab));
  const send = (path: string, origin: string | undefined, extra: Record<string, string>) => {
    const headers = {
      Host: `localhost:${lab.port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...(origin === undefined ? {} : { Origin: origin }),
      ...extra,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    return sendRaw(lab.port, Buffer.from([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'), 'latin1'));
  };
  for (const path of PATHS) {
    for (const extra of [{}, proof]) {
      for (const origin of FOREIGN(lab.port)) {
        const answer = await send(path, origin, extra);
        mustHold(
          statusOf(answer) === 403 && answer.match(/HTTP\/1\.1 /g)?.length === 1,
          `an upgrade of ${path} with the Origin ${origin ?? '(none)'} got ${answer.slice(0, 120)}`,
        );
      }
      for (const origin of [lab.url, `http://127.0.0.1:${lab.port}`]) {
        const answer = await send(path, origin, extra);
        mustHold(
          statusOf(answer) === 404 && !answer.includes(' 101 '),
          `an upgrade of ${path} by our own page got ${answer.slice(0, 120)}`,
        );
      }
    }
  }
}

export const t6: Row = {
  id: 'T6',
  describe: 'an upgrade needs our own Origin: 403 before any 101; and there is no web socket even then',
  prove,
};
