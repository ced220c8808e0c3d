/** Proxies and certificates of the user's own, and a Hub behind TLS. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http, { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { exec } from '../../server/lib/exec.ts';
import { startHub, type FakeHub } from '../support/hub.ts';
import { bench, REPO, tinyRepo, type Bench } from './harness.ts';

let hub: FakeHub;
let proxy: Server;
let tls: Server;
let folder: string;
let here: Bench;
const asked: string[] = [];
const port = (server: Server) => (server.address() as AddressInfo).port;
const listen = (server: Server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

/** Passes a request on to the hub, as a proxy does (absolute address) and as a TLS front does (a path). */
function passOn(request: http.IncomingMessage, response: http.ServerResponse): void {
  const url = new URL(request.url ?? '/', hub.endpoint);
  const onwards = http.request(
    url,
    { method: request.method, headers: { ...request.headers, host: url.host } },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  onwards.once('error', () => response.destroy()).end();
}

beforeAll(async () => {
  hub = await startHub([tinyRepo()]);
  proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    passOn(request, response);
  });
  await listen(proxy);
  folder = mkdtempSync(join(tmpdir(), 'ailab-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const options = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const made = await exec('openssl', ['req', ...options, ...subject]);
  expect(made.code).toBe(0);
  tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, passOn);
  await listen(tls);
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  tls.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  hub.reset();
  asked.length = 0;
  here = bench(hub);
});
afterEach(() => here.remove());

it('HTTP_PROXY is used for all of it, NO_PROXY is heeded, and its password is in no error', async () => {
  const HTTP_PROXY = `http://me:s3cret@127.0.0.1:${port(proxy)}`;
  expect((await here.pull(REPO, { env: { HTTP_PROXY } })).error).toBeNull();
  expect(asked.some((url) => url.startsWith(hub.endpoint))).toBe(true);
  expect(asked.some((url) => url.startsWith(hub.cdn))).toBe(true);
  asked.length = 0;
  expect((await here.pull(REPO, { env: { HTTP_PROXY, NO_PROXY: '127.0.0.1' } })).error).toBeNull();
  expect(asked).toEqual([]);
  const dead = await here.pull(REPO, { env: { HTTP_PROXY: 'http://me:s3cret@127.0.0.1:9' } });
  expect(dead.error?.code).toBe('hub_unreachable');
  expect(JSON.stringify(dead)).not.toContain('s3cret');
});

it('a certificate that nobody vouches for is named; SSL_CERT_FILE vouches for it', async () => {
  const HF_ENDPOINT = `https://127.0.0.1:${port(tls)}`;
  expect((await here.pull(REPO, { env: { HF_ENDPOINT } })).error).toMatchObject({
    code: 'hub_certificate',
    fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  const { error } = await here.pull(REPO, { env: { HF_ENDPOINT, SSL_CERT_FILE: join(folder, 'cert.pem') } });
  // The "CDN" of the server has no TLS: from https we follow nobody to http.
  expect(error?.code).toBe('hub_bad_redirect');
});
