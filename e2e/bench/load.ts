/**
 * What a page's main thread does from its request until it is quiet, in thread time: unlike Lighthouse's blocking time
 * it does not grow with what else runs on the machine. `AILAB_BENCH_PAGES=/,/chat` takes these alone.
 */
import type { Browser, Page } from '@playwright/test';
import { launchBrowser, loggedIn } from '../support/browser.ts';
import { startLab } from '../support/lab.ts';
import { bringUp, standInModel } from '../support/model.ts';
import type { Row } from './stats.ts';
import { taskRows } from './task-rows.ts';
import { traced } from './trace.ts';

const PAGES = ['/', '/chat', '/charts', '/settings'];
const SLOWED = [1, 4];
const QUIET_MS = 3000;

export async function benchLoad(): Promise<Row[]> {
  const model = await standInModel();
  const lab = await startLab({ env: model.env, config: model.config });
  let browser: Browser | undefined;
  try {
    await bringUp(lab);
    browser = await launchBrowser();
    const { page } = await loggedIn(browser, lab);
    const rows: Row[] = [];
    for (const rate of SLOWED)
      for (const path of process.env['AILAB_BENCH_PAGES']?.split(',') ?? PAGES)
        rows.push(...(await load(browser, page, `${lab.url}${path}`, rate)));
    return rows;
  } finally {
    await browser?.close();
    await lab.api().lab.down.mutate({ volumes: false });
    await lab.stop();
    model.remove();
  }
}

async function load(browser: Browser, page: Page, url: string, rate: number): Promise<Row[]> {
  const cdp = await page.context().newCDPSession(page);
  await page.goto('about:blank');
  await cdp.send('Network.clearBrowserCache');
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  const tasks = await traced(browser, page, async () => {
    await page.goto(url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate((quiet) => new Promise((resolve) => setTimeout(resolve, quiet)), QUIET_MS);
  });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await cdp.detach();
  return taskRows(`${new URL(url).pathname} loads${rate === 1 ? '' : `, ${rate}× slower CPU`}`, tasks);
}
