/**
 * One HTTP request to a source, or to where it redirects. Proxies (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) and certificates
 * (NODE_EXTRA_CA_CERTS by Node itself, SSL_CERT_FILE) are the user's own; a secret goes to the source's origin only.
 */
import { readFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import * as tls from 'node:tls';
import type { Source } from './source.ts';

export interface Asking {
  method: 'GET' | 'HEAD';
  url: URL;
  headers?: Record<string, string>;
  signal: AbortSignal;
  /** `own`: only within the source (a renamed repo of the Hub); the answer that leads elsewhere is the result. */
  follow: 'own' | 'all';
  /** Milliseconds without a byte, before the answer and within it, after which the connection is given up. */
  idleMs: number;
}

const MAX_REDIRECTS = 5;

export interface Answer {
  /** Whatever its status; its body must be read or destroyed. */
  response: IncomingMessage;
  /** Who gave it, after all redirects. */
  url: URL;
}

/** Throws the source's `unreachable` and `badRedirect`. */
export async function request(source: Source, asked: Asking): Promise<Answer> {
  let { url } = asked;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await once(source, { ...asked, url });
    const { location } = response.headers;
    const status = response.statusCode ?? 0;
    if (status < 300 || status >= 400 || location === undefined) return { response, url };
    const next = URL.canParse(location, url) ? new URL(location, url) : null;
    if (asked.follow === 'own' && next?.origin !== source.origin) return { response, url };
    response.destroy();
    const downgraded = url.protocol === 'https:' && next?.protocol !== 'https:';
    if (next === null || downgraded || !/^https?:$/.test(next.protocol))
      throw source.trouble.badRedirect(url.host);
    url = next;
  }
  throw source.trouble.badRedirect(url.host);
}

/** One try, without redirects. */
function once(source: Source, { method, url, headers, signal, idleMs }: Asking): Promise<IncomingMessage> {
  const secret = url.origin === source.origin ? source.authorization : null;
  const all = {
    'user-agent': 'ailab-web',
    // Ranges and sizes count the bytes as they lie on the disk.
    'accept-encoding': 'identity',
    ...headers,
    ...(secret === null ? {} : { authorization: secret }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(
        signal.aborted
          ? signal.reason
          : source.trouble.unreachable(url.host, error, blindToProxy(source.env)),
      );
    try {
      const send = url.protocol === 'https:' ? https.request : http.request;
      const outgoing = send(url, { method, headers: all, agent: agentFor(url, source.env), signal });
      outgoing.setTimeout(idleMs, () =>
        outgoing.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })),
      );
      outgoing.once('response', resolve).once('error', fail).end();
    } catch (error) {
      fail(error);
    }
  });
}

/** Node knows proxies from 22.21 and 24.5 on; this one may be older, and a proxy be set. */
function blindToProxy(env: NodeJS.ProcessEnv): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const knows = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  return (
    !knows && ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].some((name) => Boolean(env[name]))
  );
}

function agentFor(url: URL, env: NodeJS.ProcessEnv): http.Agent {
  const options = { keepAlive: false, proxyEnv: env };
  return url.protocol === 'https:'
    ? new https.Agent({ ...options, ...ownCertificates(env) })
    : new http.Agent(options);
}

/** SSL_CERT_FILE adds to what Node trusts; a file that can't be read is told by the failing connection. */
function ownCertificates(env: NodeJS.ProcessEnv): { ca?: string[] } {
  const file = env['SSL_CERT_FILE'];
  if (file === undefined || file === '') return {};
  try {
    return { ca: [...trusted(), readFileSync(file, 'utf8')] };
  } catch {
    return {};
  }
}

/** What NODE_EXTRA_CA_CERTS adds is in it; Node before 22.15 tells only its own. */
function trusted(): readonly string[] {
  return typeof tls.getCACertificates === 'function'
    ? tls.getCACertificates('default')
    : tls.rootCertificates;
}

/** The whole body as text, at most `max` bytes; null when it is longer. */
export async function bodyText(response: IncomingMessage, max: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
