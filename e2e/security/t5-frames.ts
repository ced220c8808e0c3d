/** T5: clickjacking. No page may put ours into a frame, and no answer at all may be without that word. */
import { loggedIn, withBrowser } from '../support/browser.ts';
import { ask, type Ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { DATA_ROUTES, PAGES, procedures } from '../support/procedures.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** One of each kind: pages, data, files, and every refusal there is. */
function asks(): (Ask & { status?: number })[] {
  const [query] = procedures('query');
  return [
    ...[...PAGES, '/login', '/healthz', '/share'].map((path) => ({ path })),
    ...DATA_ROUTES,
    { path: query?.path ?? '' },
    { path: '/_next/static/none.js', status: 404 },
    { path: '/_next/image?url=x', status: 404 },
    { path: '/.env', status: 404 },
    { path: '/healthz', method: 'DELETE', headers: { 'sec-fetch-site': 'same-origin' }, status: 405 },
    { path: '//evil.example', status: 400 },
    { path: '/', headers: { host: 'evil.example' }, status: 421 },
    { path: '/auth/login', method: 'POST', headers: { origin: 'http://evil.example' }, status: 403 },
    { path: '/auth/login', method: 'POST', headers: { 'sec-fetch-site': 'same-origin' }, status: 415 },
  ];
}

async function proveByHeaders(lab: Lab): Promise<void> {
  const proof = credentials(await login(lab));
  for (const { status: wanted, ...one } of asks()) {
    for (const known of [{}, proof]) {
      const { status, headers } = await ask(lab.port, { ...one, headers: { ...known, ...one.headers } });
      const what = `${one.method ?? 'GET'} ${one.path}, answered ${status},`;
      if (wanted !== undefined && known === proof && status !== wanted)
        throw new Error(`${what} was to be answered ${wanted}`);
      const policy = String(headers['content-security-policy']);
      mustHold(
        /(^|; )frame-ancestors 'none'(;|$)/.test(policy),
        `${what} may be framed: its policy is ${policy}`,
      );
      mustHold(
        headers['x-frame-options'] === 'DENY',
        `${what} has X-Frame-Options ${headers['x-frame-options']}`,
      );
    }
  }
}

/** A page of the same site, to whose frames the browser adds our cookie. */
async function proveByBrowser(lab: Lab): Promise<void> {
  const stranger = await strangerServing();
  try {
    await withBrowser({}, async (browser) => {
      const { context } = await loggedIn(browser, lab);
      const page = await context.newPage();
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      await page.goto(`http://localhost:${stranger.port}/`);
      for (const path of ['/', '/login', '/nowhere']) {
        await page.evaluate(
          (src) =>
            new Promise((resolve) => {
              const frame = Object.assign(document.createElement('iframe'), { src });
              frame.addEventListener('load', resolve, { once: true });
              document.body.append(frame);
            }),
          lab.url + path,
        );
        const framed = page.frames().at(-1);
        const text = await framed?.evaluate(() => document.body.innerText);
        mustHold(
          framed?.url().startsWith('chrome-error://') === true,
          `${path} shows in a frame of another page: ${text?.slice(0, 80)}`,
        );
      }
      mustHold(
        said.filter((words) => words.includes('frame-ancestors')).length === 3,
        `the browser refused three frames for another reason: ${said.join(' | ')}`,
      );
    });
  } finally {
    await stranger.close();
  }
}

export const t5: Row = {
  id: 'T5',
  describe: 'no page of ours shows in a frame, and every answer, refusals too, says that it may not',
  async prove(lab) {
    await proveByHeaders(lab);
    await proveByBrowser(lab);
  },
};
