/** T2: a foreign page posts what a page may post without asking: forms, no-cors fetch, beacons. */
import type { Page } from '@playwright/test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loggedIn, withBrowser } from '../support/browser.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import { ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { DATA_ROUTES, procedures } from '../support/procedures.ts';
import { spyOn, type Seen, type Spy } from '../support/spy.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const ENCTYPES = ['multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded'] as const;
const WAYS = ['form', 'fetch', 'beacon'] as const;

interface Attack {
  way: (typeof WAYS)[number];
  enctype: string;
  /** Path and query; the query tells the attacks apart. */
  target: string;
}

/** On every mutation that the router has now, and on every other route that takes a POST. */
function attacks(): Attack[] {
  const paths = [
    ...procedures('mutation').map(({ path }) => path),
    ...DATA_ROUTES.filter(({ method }) => method === 'POST').map(({ path }) => path),
    '/auth/login',
  ];
  return paths.flatMap((path) =>
    ENCTYPES.flatMap((enctype) =>
      WAYS.map((way) => ({ way, enctype, target: `${path}?attack=${way}-${encodeURIComponent(enctype)}` })),
    ),
  );
}

/** Runs in the foreign page. Its answers stay unseen there, as no-cors has it; the spy sees them. */
async function send(page: Page, url: string, list: Attack[]): Promise<void> {
  await page.evaluate(
    async ({ url, list, enctypes }) => {
      const bodyOf = (enctype: string) => {
        if (enctype === 'text/plain') return '{"json":{}}';
        const fields = enctype === 'multipart/form-data' ? new FormData() : new URLSearchParams();
        fields.append('x', 'y');
        return fields;
      };
      const submit = (frame: HTMLIFrameElement, action: string, enctype: string) =>
        new Promise<void>((resolve) => {
          const form = document.createElement('form');
          Object.assign(form, { method: 'POST', enctype, action, target: frame.name });
          form.append(Object.assign(document.createElement('input'), { name: 'x', value: 'y' }));
          document.body.append(form);
          // A refused form loads an error page into its frame, which is a load all the same.
          frame.addEventListener('load', () => resolve(), { once: true });
          form.submit();
        });
      const inEncoding = async (enctype: string) => {
        const frame = Object.assign(document.createElement('iframe'), { name: enctype });
        document.body.append(frame);
        for (const { way, target } of list.filter((attack) => attack.enctype === enctype)) {
          const init = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const;
          if (way === 'form') await submit(frame, url + target, enctype);
          else if (way === 'beacon') navigator.sendBeacon(url + target, bodyOf(enctype));
          else await fetch(url + target, { ...init, body: bodyOf(enctype) }).catch(() => undefined);
        }
        frame.remove();
      };
      await Promise.all(enctypes.map(inEncoding));
    },
    { url, list, enctypes: ENCTYPES },
  );
}

/** A browser under load drops a beacon now and then: what has not arrived is sent again. */
async function sendAll(page: Page, url: string, spy: Spy): Promise<Seen[]> {
  const all = attacks();
  const arrived = ({ target }: Attack) =>
    spy.seen.some((seen) => seen.status !== 0 && seen.target === target);
  for (let round = 0; round < 4; round += 1) {
    await send(
      page,
      url,
      all.filter((attack) => !arrived(attack)),
    );
    for (let waited = 0; waited < 3000 && !all.every(arrived); waited += 50) await sleep(50);
    if (all.every(arrived)) return spy.seen.filter(({ target }) => target.includes('?attack='));
  }
  const lost = all.filter((attack) => !arrived(attack)).map(({ target }) => target);
  throw new Error(`the browser never sent ${lost.join(', ')}`);
}

async function proveFrom(origin: string, lab: Lab, spy: Spy, hosts: Record<string, number>): Promise<void> {
  await withBrowser(hosts, async (browser) => {
    const { context } = await loggedIn(browser, lab);
    const page = await context.newPage();
    await page.goto(origin);
    const before = contentsOf(lab.home);
    spy.seen.length = 0;
    const seen = await sendAll(page, lab.url, spy);
    const changed = changesSince(before, lab.home);
    mustHold(changed.length === 0, `a page of ${origin} has changed the lab: ${changed.join('; ')}`);
    for (const { target, status, headers } of seen) {
      const how = `${headers['content-type']?.split(';')[0]}, ${headers['sec-fetch-site']}`;
      mustHold(
        status === 403 || status === 415,
        `a page of ${origin} came past the origin gate: ${target} (${how}) got ${status}`,
      );
    }
  });
}

/** What a page may not post without asking: the question is refused, and no foreign Origin is ever named. */
async function proveNoPreflight(lab: Lab): Promise<void> {
  for (const { target } of attacks().filter(({ way }) => way === 'fetch')) {
    const { status, headers } = await ask(lab.port, {
      method: 'OPTIONS',
      path: target,
      headers: {
        origin: 'http://evil.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,x-ailab-secret',
      },
    });
    const granted = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
    mustHold(
      granted.length === 0 && status >= 400,
      `a preflight to ${target} got ${status} ${granted.join(' ')}`,
    );
  }
}

async function prove(lab: Lab): Promise<void> {
  await proveNoPreflight(lab);
  const stranger = await strangerServing();
  const spy = await spyOn(lab.port);
  try {
    const hosts = { 'evil.example': stranger.port, [`localhost:${lab.port}`]: spy.port };
    // Same-site first: to that page's requests the browser adds our cookie.
    for (const origin of [`http://localhost:${stranger.port}`, 'http://evil.example'])
      await proveFrom(origin, lab, spy, hosts);
  } finally {
    await spy.close();
    await stranger.close();
  }
}

export const t2: Row = {
  id: 'T2',
  describe:
    'no form, no-cors fetch or beacon of a foreign page reaches any mutation: 403 or 415, nothing changed',
  prove,
};
