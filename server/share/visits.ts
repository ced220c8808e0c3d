/**
 * The only thing that a share's visitors talk to, on the dashboard's port and on the network's: four read-only answers
 * under /s/<token>, made from what is shown to all. It knows no session, no database and no router.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { setSecurityHeaders } from '../front/headers.ts';
import { createLogger } from '../lib/log.ts';
import { GONE_PAGE, PAGE_POLICY, PLAIN_POLICY, renderBusy, renderPage } from './page.ts';
import type { ShareSource, Shown } from './source.ts';
import type { Viewers } from './viewers.ts';

export interface VisitedShare {
  id: string;
  expiresAt: number;
  /** Null: for this machine only. */
  lanPort: number | null;
}

export interface VisitParts {
  find(token: string): VisitedShare | undefined;
  source: ShareSource;
  viewers: Viewers;
}

export type ShareVisit = (
  request: IncomingMessage,
  response: ServerResponse,
  from: 'machine' | 'network',
) => void;

const ADDRESS = /^\/s\/([A-Za-z0-9_-]{22})(\/live|\/status\.json|\/badge\.svg)?$/;
const HTML = 'text/html; charset=utf-8';

const log = createLogger('share');
const zip = promisify(gzip);

export function createShareVisits({ find, source, viewers }: VisitParts): ShareVisit {
  const pages = createPages();

  const live = (response: ServerResponse, share: VisitedShare, shown: Shown, head: boolean) => {
    if (viewers.full) {
      response.setHeader('Retry-After', '10');
      answer(response, 503, HTML, renderBusy('Too many people are watching at this moment.'));
      return;
    }
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
    if (head) response.end();
    else viewers.join(share.id, response, shown);
  };

  const page = async (request: IncomingMessage, response: ServerResponse, share: PageOf, shown: Shown) => {
    const { html, zipped } = await pages(share, shown);
    response.setHeader('Content-Security-Policy', PAGE_POLICY);
    response.setHeader('Vary', 'Accept-Encoding');
    if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) answer(response, 200, HTML, html);
    else {
      response.setHeader('Content-Encoding', 'gzip');
      answer(response, 200, HTML, zipped);
    }
  };

  const serve = async (
    request: IncomingMessage,
    response: ServerResponse,
    from: 'machine' | 'network',
  ): Promise<void> => {
    setSecurityHeaders(response, PLAIN_POLICY);
    response.setHeader('X-Robots-Tag', 'noindex, nofollow');
    // It means nothing to a browser without TLS, which then complains of it.
    if (from === 'network') response.removeHeader('Cross-Origin-Opener-Policy');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      response.setHeader('Connection', 'close');
      answer(response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD are possible here.\n');
      return;
    }
    const [, token = '', what = ''] = ADDRESS.exec((request.url ?? '').replace(/\?.*$/s, '')) ?? [];
    const share = token === '' ? undefined : find(token);
    if (share === undefined || (from === 'network' && share.lanPort === null)) {
      answer(response, 404, HTML, GONE_PAGE);
      return;
    }
    const shown = await source.current();
    // It may have ended while the lab was looked at.
    if (find(token) === undefined) answer(response, 404, HTML, GONE_PAGE);
    else if (what === '/live') live(response, share, shown, request.method === 'HEAD');
    else if (what === '/status.json') answer(response, 200, 'application/json; charset=utf-8', shown.json);
    else if (what === '/badge.svg') {
      // A badge is there to be shown on other pages.
      response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
      answer(response, 200, 'image/svg+xml; charset=utf-8', shown.badge);
    } else await page(request, response, { ...share, token }, shown);
  };

  return (request, response, from) => {
    response.on('error', () => undefined);
    serve(request, response, from).catch((error: unknown) => {
      log.error(`${request.method} of a share`, error);
      if (response.headersSent) response.destroy();
      else answer(response, 503, HTML, renderBusy('The lab can’t be looked at right now.'));
    });
  };
}

type PageOf = VisitedShare & { token: string };

/** Each page is rendered and packed once for what is shown, however many ask for it. */
function createPages() {
  const kept = new WeakMap<Shown, Map<string, Promise<{ html: string; zipped: Buffer }>>>();
  return (share: PageOf, shown: Shown) => {
    const pages = kept.get(shown) ?? new Map<string, Promise<{ html: string; zipped: Buffer }>>();
    kept.set(shown, pages);
    const made = pages.get(share.id) ?? pack(renderPage(shown.view, share));
    pages.set(share.id, made);
    return made;
  };
}

async function pack(html: string): Promise<{ html: string; zipped: Buffer }> {
  return { html, zipped: await zip(html) };
}

function answer(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.statusCode = status;
  response.setHeader('Content-Type', type);
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
