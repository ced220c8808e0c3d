/** The page: hand-written markup that says everything without script. The same parts make the snapshot. */
import { createHash } from 'node:crypto';
import type { ShareView } from '../schemas/share-view.ts';
import { esc, time } from './html.ts';
import { partsOf, type Parts } from './parts.ts';
import { SHARE_SCRIPT } from './script.ts';
import { SHARE_STYLE } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const FIXED = "base-uri 'none'; form-action 'none'";
const STYLE = `default-src 'none'; style-src ${hashOf(SHARE_STYLE)}; img-src data:; ${FIXED}`;

/** Policies as headers; scripts and styles by the hash of the one that there is. */
export const PAGE_POLICY = `${STYLE}; script-src ${hashOf(SHARE_SCRIPT)}; connect-src 'self'; frame-ancestors 'none'`;
export const PLAIN_POLICY = `${STYLE}; frame-ancestors 'none'`;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22'%3E%3Cpath d='M8.5 2.5h5M9.5 2.5v5.2L4.3 16.6a2 2 0 0 0 1.7 3h10a2 2 0 0 0 1.7-3L12.5 7.7V2.5' fill='none' stroke='%23808a98' stroke-width='1.8'/%3E%3C/svg%3E";

function documentOf(title: string, body: string, meta = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex,nofollow"><meta name="referrer" content="no-referrer">${meta}<title>${esc(title)}</title><link rel="icon" href="${ICON}"><style>${SHARE_STYLE}</style></head><body>${body}</body></html>`;
}

const section = (id: string, title: string, content: string): string =>
  `<section aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2><div id="${id}">${content}</div></section>`;

function mainOf(parts: Parts): string {
  const { state, figures, history, services, model, lock } = parts;
  return `<main id="page"><div id="state">${state}</div><section aria-label="In figures"><div id="figures">${figures}</div></section>${section('history', 'Tokens per second', history)}<div class="pair">${section('services', 'Services', services)}${section('model', 'Model', model)}</div>${section('lock', 'Lock', lock)}</main>`;
}

const NOTHING_ELSE =
  '<p>A read-only look at a local lab. Nothing of its conversations, files, settings or keys is here.</p>';

/** `token`: the unguessable part of the address, for the links beside the page. */
export function renderPage(view: ShareView, share: { token: string; expiresAt: number }): string {
  const parts = partsOf(view);
  const top = `<header class="top"><span id="live" role="status">As of ${time(view.at, 'at')}</span><span>Ends ${time(share.expiresAt, 'until', 'ends')}</span></header>`;
  const links = `<p class="links">Also as <a href="/s/${share.token}/status.json">JSON</a> and as a <a href="/s/${share.token}/badge.svg">badge</a>.</p>`;
  const body = `${top}${mainOf(parts)}<footer>${NOTHING_ELSE}${links}</footer><script>${SHARE_SCRIPT}</script>`;
  return documentOf(parts.title, body);
}

/** One file to keep: no script, and nothing that it would fetch. */
export function renderSnapshot(view: ShareView): string {
  const parts = partsOf(view);
  const top = `<header class="top"><span>Snapshot, taken ${time(view.at, 'at')}. It does not change any more.</span></header>`;
  const policy = `<meta http-equiv="Content-Security-Policy" content="${STYLE}">`;
  return documentOf(
    `Snapshot · ${parts.title}`,
    `${top}${mainOf(parts)}<footer>${NOTHING_ELSE}</footer>`,
    policy,
  );
}

/** For who comes with a link that has ended, or never was one. */
export const GONE_PAGE = documentOf(
  'Nothing here',
  '<main><h1>There is nothing here</h1><p class="lead">This share has ended, or the link is not complete. Ask whoever gave it to you for a new one.</p></main>',
);

export function renderBusy(words: string): string {
  return documentOf(
    'Try again',
    `<main><h1>Try again in a moment</h1><p class="lead">${esc(words)}</p></main>`,
  );
}
