/** A real Chromium that finds names where a test wants them. */
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import type { Lab } from './lab.ts';
import { freshLink } from './login.ts';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** `hosts`: a name, or name:port, to the loopback port where it is; see Chromium's --host-resolver-rules. */
export function launchBrowser(hosts: Record<string, number> = {}): Promise<Browser> {
  const rules = Object.entries(hosts).map(([name, port]) => `MAP ${name} 127.0.0.1:${port}`);
  return chromium.launch({
    ...(INSTALLED === undefined ? {} : { executablePath: INSTALLED }),
    args: [
      // Chromium's sandbox does not run as root, which is what CI is.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      // Chromium's own guard of the loopback is no defence of ours: other browsers have none.
      '--disable-features=LocalNetworkAccessChecks',
      ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(', ')}`]),
    ],
  });
}

/** Runs `work` with a browser, and ends it whatever happens. */
export async function withBrowser<T>(
  hosts: Record<string, number>,
  work: (browser: Browser) => Promise<T>,
): Promise<T> {
  const browser = await launchBrowser(hosts);
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** A context whose dashboard is logged in: it holds the cookie, and the secret for its origin. */
export async function loggedIn(browser: Browser, lab: Lab): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(await freshLink(lab));
  await page.waitForURL(`${lab.url}/`);
  return { context, page };
}
