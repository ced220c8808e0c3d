/** T4: a sandboxed frame has the Origin `null`, which some gates take for none (CVE-2026-27978). */
import { loggedIn, withBrowser } from '../support/browser.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import { ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { procedures } from '../support/procedures.ts';
import { spyOn } from '../support/spy.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** JSON with every credential: nothing but the Origin speaks against it. */
async function proveBySocket(lab: Lab): Promise<void> {
  const proof = credentials(await login(lab));
  const before = contentsOf(lab.home);
  for (const site of [undefined, 'cross-site', 'same-origin']) {
    for (const { path } of procedures('mutation')) {
      const { status } = await ask(lab.port, {
        method: 'POST',
        path,
        headers: {
          'content-type': 'application/json',
          origin: 'null',
          ...(site === undefined ? {} : { 'sec-fetch-site': site }),
          ...proof,
        },
        body: '{}',
      });
      const changed = changesSince(before, lab.home);
      mustHold(changed.length === 0, `Origin: null has changed the lab by ${path}: ${changed.join('; ')}`);
      mustHold(status === 403, `Origin: null got ${status} from ${path}`);
    }
  }
}

const SANDBOXED = (action: string) => `<form method="post" enctype="multipart/form-data" action="${action}">
<input name="x" value="y"></form><script>
fetch(${JSON.stringify(`${action}-fetch`)}, { method: 'POST', mode: 'no-cors', body: 'x', credentials: 'include' })
  .finally(() => document.forms[0].submit());
</script>`;

async function proveByBrowser(lab: Lab): Promise<void> {
  const stranger = await strangerServing();
  const spy = await spyOn(lab.port);
  try {
    await withBrowser({ [`localhost:${lab.port}`]: spy.port }, async (browser) => {
      const { context } = await loggedIn(browser, lab);
      const page = await context.newPage();
      await page.goto(`http://localhost:${stranger.port}/`);
      const mutations = procedures('mutation');
      for (const { path } of mutations) {
        await page.evaluate(
          (srcdoc) => {
            const frame = document.createElement('iframe');
            frame.setAttribute('sandbox', 'allow-forms allow-scripts');
            Object.assign(frame, { srcdoc });
            document.body.append(frame);
          },
          SANDBOXED(`${lab.url}${path}?attack=sandbox`),
        );
      }
      const seen = await spy.answered(mutations.length * 2, ({ target }) => target.includes('?attack='));
      for (const { target, headers, status } of seen) {
        if (headers.origin !== 'null') throw new Error(`${target} came with the Origin ${headers.origin}`);
        mustHold(status === 403, `a sandboxed frame got ${status} from ${target}`);
      }
    });
  } finally {
    await spy.close();
    await stranger.close();
  }
}

export const t4: Row = {
  id: 'T4',
  describe: 'the Origin `null` of a sandboxed frame is refused with 403 on every mutation',
  async prove(lab) {
    await proveBySocket(lab);
    await proveByBrowser(lab);
  },
};
