/** T2: a foreign page posts what a page may post without asking: forms, no-cors fetch, beacons. */
import type { Page } from '@playwright/test';
import { loggedIn, withBrowser } from '../support/browser.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import type { Lab } from '../support/lab.ts';
import { DATA_ROUTES, procedures } from '../support/procedures.ts';
import { spyOn, type Spy } from '../support/spy.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const ENCTYPES = ['multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded'] as const;
/** Per target: a form, a no-cors fetch and a beacon in each encoding. */
const ATTACKS_EACH = ENCTYPES.length * 3;

/** All mutations that the router has now, and every other route that takes a POST. */
function targets(): string[] {
  return [
    ...procedures('mutation').map(({ path }) => path),
    ...DATA_ROUTES.filter(({ method }) => method === 'POST').map(({ path }) => path),
    '/auth/login',
  ];
}

/** Runs in the foreign page: everything at once, answers unseen, as no-cors has it. */
async function attack(page: Page, lab: Lab): Promise<void> {
  await page.evaluate(
    ({ urls, enctypes }) => {
      const bodyOf = (enctype: string) => {
        if (enctype === 'text/plain') return '{"json":{}}';
        const fields = enctype === 'multipart/form-data' ? new FormData() : new URLSearchParams();
        fields.append('x', 'y');
        return fields;
      };
      for (const url of urls) {
        for (const enctype of enctypes) {
          const to = (how: string) => `${url}?attack=${how}-${encodeURIComponent(enctype)}`;
          const frame = document.createElement('iframe');
          frame.name = to('form');
          const form = document.createElement('form');
          Object.assign(form, { method: 'POST', enctype, action: to('form'), target: frame.name });
          form.append(Object.assign(document.createElement('input'), { name: 'x', value: 'y' }));
          document.body.append(frame, form);
          form.submit();
          const init = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const;
          void fetch(to('fetch'), { ...init, body: bodyOf(enctype) }).catch(() => undefined);
          navigator.sendBeacon(to('beacon'), bodyOf(enctype));
        }
      }
    },
    { urls: targets().map((path) => lab.url + path), enctypes: ENCTYPES },
  );
}

async function proveFrom(origin: string, lab: Lab, spy: Spy, hosts: Record<string, number>): Promise<void> {
  await withBrowser(hosts, async (browser) => {
    const { context } = await loggedIn(browser, lab);
    const page = await context.newPage();
    await page.goto(origin);
    const before = contentsOf(lab.home);
    spy.seen.length = 0;
    await attack(page, lab);
    const seen = await spy.answered(targets().length * ATTACKS_EACH, ({ target }) =>
      target.includes('?attack='),
    );
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

async function prove(lab: Lab): Promise<void> {
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
