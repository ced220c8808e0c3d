/** A reply of 8000 tokens as it is written at full speed, and as it is read again: what the page's main thread does. */
import type { Browser, Page } from '@playwright/test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, loggedIn } from '../support/browser.ts';
import { startLab } from '../support/lab.ts';
import { longReply } from '../support/long-reply.ts';
import { bringUp, standInModel } from '../support/model.ts';
import type { Row } from './stats.ts';
import { taskRows } from './task-rows.ts';
import { traced } from './trace.ts';

const TOKENS = 8000;
const PER_SECOND = 250;
const SLOWED = [1, 4];

export async function benchChat(): Promise<Row[]> {
  const speech = mkdtempSync(join(tmpdir(), 'ailab-bench-speech-'));
  const model = await standInModel([`--fake-speech='${speech}'`]);
  const lab = await startLab({ env: model.env, config: model.config });
  let browser: Browser | undefined;
  try {
    writeFileSync(
      join(speech, 'long.json'),
      JSON.stringify({ text: longReply(TOKENS), size: 4, per_second: PER_SECOND }),
    );
    await bringUp(lab);
    browser = await launchBrowser();
    const { page } = await loggedIn(browser, lab);
    const rows: Row[] = [];
    for (const rate of SLOWED) rows.push(...(await reply(browser, page, lab.url, rate)));
    return rows;
  } finally {
    await browser?.close();
    await lab.api().lab.down.mutate({ volumes: false });
    await lab.stop();
    model.remove();
    rmSync(speech, { recursive: true, force: true });
  }
}

async function reply(browser: Browser, page: Page, url: string, rate: number): Promise<Row[]> {
  const cdp = await page.context().newCDPSession(page);
  const slow = (to: number) => cdp.send('Emulation.setCPUThrottlingRate', { rate: to });
  const done = page.getByTestId('reply-metrics').first().filter({ hasText: 'tokens in' });
  await page.goto(`${url}/chat`);
  await page.getByTestId('chat-input').fill('say long');
  await page.getByTestId('chat-send').and(page.locator(':enabled')).waitFor();
  await slow(rate);
  let commits = { frames: 0, with: 0, further: 0 };
  const written = await traced(browser, page, async () => {
    await page.getByTestId('chat-send').click();
    await page.getByTestId('reply').first().waitFor();
    await page.evaluate(countCommits);
    await done.waitFor({ timeout: 180_000 });
    commits = await page.evaluate(() => (globalThis as unknown as { counted: typeof commits }).counted);
  });
  const read = await traced(browser, page, async () => {
    await page.reload();
    await done.waitFor();
    // Colours come when the page is idle.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 2000)));
  });
  await slow(1);
  await cdp.detach();
  const look = rate === 1 ? '' : `, ${rate}× slower CPU`;
  return [
    ...taskRows(`${TOKENS}-token reply at ${PER_SECOND}/s${look}`, written),
    {
      what: `frames with more than one commit of the reply${look}`,
      figure: `${commits.further} of ${commits.with} with any, ${commits.frames} frames`,
    },
    ...taskRows(`the same reply, loaded anew${look}`, read),
  ];
}

/** In the page: how often the reply's DOM changes between two frames. */
function countCommits(): void {
  const counted = { frames: 0, with: 0, further: 0 };
  let now = 0;
  const target = document.querySelector('[data-testid=reply]');
  if (target === null) throw new Error('no reply');
  new MutationObserver(() => {
    now += 1;
    if (now === 1) counted.with += 1;
    if (now === 2) counted.further += 1;
  }).observe(target, { subtree: true, childList: true, characterData: true });
  const frame = () => {
    counted.frames += 1;
    now = 0;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  Object.assign(globalThis, { counted });
}
