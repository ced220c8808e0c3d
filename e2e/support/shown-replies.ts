/** Replies of a conversation, shown by the real page in a real browser, with all that came of it. */
import type { Page } from '@playwright/test';
import { loggedIn, withBrowser } from './browser.ts';
import type { Lab } from './lab.ts';
import { storeReplies } from './stored-replies.ts';

export interface Shown {
  page: Page;
  /** Addresses of other servers that the page asked for. */
  strangers: string[];
  /** What replies have broken of the page's policy: directive and address. */
  broken(): Promise<string[]>;
  /** Dialogs, windows and downloads that opened by themselves. */
  opened: string[];
}

declare global {
  interface Window {
    /** Directives that something of the page has broken. */
    broken?: string[];
    pwned?: unknown;
  }
}

/** Begins every reply. */
const MARK = 'drawn';

/** Runs `look` when all replies stand in the page as markdown. `hosts`: as for `launchBrowser`. */
export async function withShown(
  lab: Lab,
  texts: readonly string[],
  hosts: Record<string, number>,
  look: (shown: Shown) => Promise<void>,
): Promise<void> {
  const conversation = await storeReplies(
    lab,
    texts.map((text) => `*${MARK}*\n\n${text}`),
  );
  await withBrowser(hosts, async (browser) => {
    const { context, page } = await loggedIn(browser, lab);
    let before: string[] = [];
    const shown: Shown = {
      page,
      strangers: [],
      opened: [],
      broken: async () => (await brokenOn(page)).filter((words) => !before.includes(words)),
    };
    page.on('dialog', (dialog) => {
      shown.opened.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on('page', (other) => other !== page && shown.opened.push(`a window: ${other.url()}`));
    page.on('download', (download) => shown.opened.push(`a download: ${download.url()}`));
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${lab.url}/`) && !url.startsWith('data:')) shown.strangers.push(url);
    });
    await page.addInitScript(() => {
      window.broken = [];
      document.addEventListener('securitypolicyviolation', (event) =>
        window.broken?.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
      );
    });
    // A library of ours asks whether it may compile; that is no reply's doing.
    await page.goto(`${lab.url}/chat`);
    await page.getByRole('textbox').first().waitFor();
    before = await brokenOn(page);
    await page.goto(`${lab.url}/chat?c=${conversation}`);
    const replies = page.getByTestId('reply');
    await replies.nth(texts.length - 1).waitFor();
    // The parser is loaded after the page: only what it has drawn counts.
    await page.waitForFunction(
      ([mark, count]) =>
        [...document.querySelectorAll('[data-testid=reply] em')].filter(
          ({ textContent }) => textContent === mark,
        ).length === count,
      [MARK, texts.length] as const,
    );
    if ((await replies.count()) !== texts.length) throw new Error('not all replies are shown');
    await look(shown);
  });
}

const brokenOn = (page: Page) => page.evaluate(() => window.broken ?? []);
