/** T9: the one-time token of the login link: once only, and left behind nowhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateHome } from '../../server/lib/home.ts';
import { withBrowser } from '../support/browser.ts';
import { tokenOf, type Lab } from '../support/lab.ts';
import { freshLink, swap } from '../support/login.ts';
import { allProcesses } from '../support/processes.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

async function proveOnce(lab: Lab): Promise<void> {
  for (const link of [lab.link, await freshLink(lab)]) {
    const token = tokenOf(link);
    const first = await swap(lab, token);
    if (first.status !== 200) throw new Error(`the first swap got ${first.status} ${first.body}`);
    for (let again = 0; again < 2; again += 1) {
      const { status, headers } = await swap(lab, token);
      mustHold(
        status === 401 && headers['set-cookie'] === undefined,
        `a token was swapped again, with ${status}`,
      );
    }
  }
}

/** Ten swaps of one token at the same moment: one of them gets in. */
async function proveOneOfMany(lab: Lab): Promise<void> {
  const token = tokenOf(await freshLink(lab));
  const answers = await Promise.all(Array.from({ length: 10 }, () => swap(lab, token)));
  const granted = answers.filter(({ status }) => status === 200).length;
  mustHold(granted === 1, `${granted} of ten swaps of one token were granted`);
}

/** In the browser: gone from the address and the history, and told to no page that is gone to. */
async function proveLeftNowhere(lab: Lab): Promise<void> {
  const sink = await strangerServing();
  try {
    await withBrowser({}, async (browser) => {
      const page = await browser.newPage();
      const link = await freshLink(lab);
      const token = tokenOf(link);
      await page.goto(link);
      await page.waitForURL(`${lab.url}/`);
      const client = await page.context().newCDPSession(page);
      const historyOf = async () => JSON.stringify(await client.send('Page.getNavigationHistory'));
      mustHold(!page.url().includes(token), 'the token is still in the address bar');
      mustHold(!(await historyOf()).includes(token), 'the token is still in the tab’s history');
      const kept = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, document.referrer]),
      );
      mustHold(!kept.includes(token), 'the token is still in the browser’s storage');
      await page.evaluate((href) => {
        const link = Object.assign(document.createElement('a'), { href });
        document.body.append(link);
        link.click();
      }, `http://127.0.0.1:${sink.port}/sink`);
      await page.waitForURL(/\/sink$/);
      const visit = sink.visits.find(({ target }) => target === '/sink');
      mustHold(
        visit !== undefined && visit.headers.referer === undefined,
        `the dashboard names itself to a page it leads to: ${visit?.headers.referer}`,
      );
      mustHold(!JSON.stringify(sink.visits).includes(token), 'the token has reached another site');
      proveUnseen(lab, token);
    });
  } finally {
    await sink.close();
  }
}

/** On the machine: in no log and in no process's arguments. */
function proveUnseen(lab: Lab, token: string): void {
  const { logs } = locateHome(lab.home);
  const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
  mustHold(![lab.output(), ...written].some((text) => text.includes(token)), 'a token is in a log');
  const argv = allProcesses().find((one) => one.argv.includes(token));
  mustHold(argv === undefined, `a token is in the arguments of ${argv?.argv.slice(0, 120)}`);
}

export const t9: Row = {
  id: 'T9',
  describe: 'a login link is good for one login, and its token is left in no log, history, Referer or argv',
  async prove(lab) {
    await proveOnce(lab);
    await proveOneOfMany(lab);
    await proveLeftNowhere(lab);
  },
};
