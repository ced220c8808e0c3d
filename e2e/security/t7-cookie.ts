/** T7: another server on this machine is same-site with us and is sent our cookie. The cookie alone gives nothing. */
import { loggedIn, withBrowser } from '../support/browser.ts';
import { seedCanaries, type Canaries } from '../support/canary.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import { ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { DATA_ROUTES, PAGES, procedures } from '../support/procedures.ts';
import { spyOn } from '../support/spy.ts';
import { strangerServing, type Stranger } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

interface Route {
  method: string;
  path: string;
}

const dataRoutes = (): Route[] => [
  ...procedures().map(({ kind, path }) => ({ method: kind === 'mutation' ? 'POST' : 'GET', path })),
  ...DATA_ROUTES,
];

/** The page of the other server: all that script can ask for, and all that it can read of the answers. */
async function proveByPage(lab: Lab, stranger: Stranger, canaries: Canaries): Promise<string> {
  const spy = await spyOn(lab.port);
  try {
    return await withBrowser({ [`localhost:${lab.port}`]: spy.port }, async (browser) => {
      const { context } = await loggedIn(browser, lab);
      const page = await context.newPage();
      await page.goto(`http://localhost:${stranger.port}/`);
      const cookie = stranger.visits.find(({ headers }) => headers.cookie?.includes(`ailab_${lab.port}=`))
        ?.headers.cookie;
      if (cookie === undefined) throw new Error('the other server was not sent our cookie');
      const before = contentsOf(lab.home);
      spy.seen.length = 0;
      const routes = dataRoutes().map(({ method, path }) => ({ method, url: `${lab.url}${path}?by=page` }));
      const read = await page.evaluate(async (routes) => {
        const texts: string[] = [];
        for (const { method, url } of routes) {
          for (const mode of ['cors', 'no-cors'] as const) {
            const init = { method, mode, credentials: 'include' } as const;
            await fetch(url, init).then(
              async (response) => texts.push(`${response.status} ${await response.text()}`),
              () => undefined,
            );
          }
        }
        return texts.filter((text) => text !== '0 ').join('\n');
      }, routes);
      const seen = await spy.answered(routes.length * 2, ({ target }) => target.endsWith('?by=page'));
      for (const { method, target, status, headers } of seen) {
        mustHold(
          status === 401 || status === 403,
          `${method} ${target} by a page of another port (${headers['sec-fetch-site']}) got ${status}`,
        );
      }
      mustHold(read === '', `a page of another port has read: ${read.slice(0, 200)}`);
      await proveNoWindow(lab, page);
      const changed = changesSince(before, lab.home);
      mustHold(changed.length === 0, `a page of another port has changed the lab: ${changed.join('; ')}`);
      mustHold(canaries.in(read) === undefined, 'a page of another port has read our data');
      return cookie;
    });
  } finally {
    await spy.close();
  }
}

/** A window or a frame of ours, opened by the other page: it can see nothing of it. */
async function proveNoWindow(lab: Lab, page: Awaited<ReturnType<typeof loggedIn>>['page']): Promise<void> {
  const seen = await page.evaluate(async (url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.body.append(frame);
    const opened = window.open(url);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const look = (name: string, read: () => unknown) => {
      try {
        const value = read();
        return value === undefined || value === null ? [] : [`${name}: ${String(value).slice(0, 80)}`];
      } catch {
        return [];
      }
    };
    return [
      ...look('the window’s text', () => opened?.document.body.innerText),
      ...look('the window’s storage', () => opened?.localStorage.getItem('ailab-secret')),
      ...look('the frame’s text', () => frame.contentDocument?.body.innerText),
    ];
  }, `${lab.url}/chat`);
  mustHold(seen.length === 0, `a page of another port has seen ${seen.join(', ')}`);
}

/** The other server itself: it has the cookie and may lie about everything else. */
async function proveByReplay(lab: Lab, cookie: string, canaries: Canaries): Promise<void> {
  const value = cookie.slice(cookie.indexOf('=') + 1);
  const disguises: Record<string, string>[] = [
    {},
    { origin: lab.url },
    { origin: lab.url, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    { 'x-ailab-secret': value },
    { 'x-ailab-secret': '' },
    { authorization: `Bearer ${value}` },
    { authorization: 'Bearer ' },
    { authorization: `Basic ${Buffer.from(`ailab:${value}`).toString('base64')}` },
  ];
  const before = contentsOf(lab.home);
  for (const { method, path } of dataRoutes()) {
    for (const disguise of disguises) {
      const { status, body } = await ask(lab.port, {
        method,
        path,
        headers: {
          cookie,
          ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
          ...disguise,
        },
        ...(method === 'POST' ? { body: '{}' } : {}),
      });
      mustHold(
        (status === 401 || status === 403) && canaries.in(body) === undefined && body.includes('"error"'),
        `${method} ${path} with the cookie and ${JSON.stringify(Object.keys(disguise))} got ${status}: ${body.slice(0, 120)}`,
      );
    }
  }
  for (const path of PAGES) {
    const { body } = await ask(lab.port, { path, headers: { cookie, origin: lab.url } });
    const flight = await ask(lab.port, { path, headers: { cookie, rsc: '1' } });
    mustHold(
      canaries.in(body + flight.body) === undefined,
      `the cookie alone gives a page with data: ${path} holds ${canaries.in(body + flight.body)}`,
    );
  }
  const changed = changesSince(before, lab.home);
  mustHold(changed.length === 0, `the cookie alone has changed the lab: ${changed.join('; ')}`);
}

export const t7: Row = {
  id: 'T7',
  describe: 'a server on another port receives the cookie, and can do and see nothing with it',
  async prove(lab) {
    const canaries = await seedCanaries(lab);
    const stranger = await strangerServing();
    try {
      const cookie = await proveByPage(lab, stranger, canaries);
      await proveByReplay(lab, cookie, canaries);
    } finally {
      await stranger.close();
    }
  },
};
