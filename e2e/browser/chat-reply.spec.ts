import { expect, test, type Page } from '@playwright/test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loggedIn } from '../support/browser.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { longReply } from '../support/long-reply.ts';
import { bringUp, standInModel, takeAway, type StandIn } from '../support/model.ts';

/** How a reply looks while it grows and afterwards, whoever looks at it. */
test.describe.configure({ mode: 'serial' });

const speech = mkdtempSync(join(tmpdir(), 'ailab-speech-'));
let model: StandIn;
let lab: Lab;
let page: Page;

test.beforeAll(async ({ browser }) => {
  model = await standInModel([`--fake-speech='${speech}'`]);
  lab = await startLab({ env: model.env, config: model.config });
  await bringUp(lab);
  ({ page } = await loggedIn(browser, lab));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});

test.afterAll(() => takeAway(lab, model, speech));

async function say(name: string, speaks: object): Promise<void> {
  writeFileSync(join(speech, `${name}.json`), JSON.stringify(speaks));
  await page.getByTestId('chat-input').fill(`say ${name}`);
  await page.getByTestId('chat-send').click();
}

/** A click is over before what it copies is there. */
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const reply = (of: Page) => of.getByTestId('reply').first();

/** What stands beside the button must not slip away from under the pointer when it says Copied. */
async function copyMarkdown(): Promise<void> {
  // The first reply of a page comes as it was written, until what renders it is loaded.
  await expect(reply(page).locator('table')).toBeVisible();
  const place = async () => (await page.getByTestId('copy-text').boundingBox())?.x;
  const before = await place();
  await page.getByTestId('copy-markdown').click();
  await expect(page.getByTestId('copy-markdown')).toContainText('Copied');
  expect(await place()).toBe(before);
}

const ANSWER = [
  'So **four** it is:',
  '- one `a`\n- two',
  '```python\ndef four() -> int:\n    return 2 + 2  # sum\n```',
  '| a | b |\n|---|---|\n| 1 | 2 |',
].join('\n\n');

test('thinking is folded, opens on demand, and is no part of what is copied', async () => {
  await page.goto(`${lab.url}/chat`);
  await say('think', { text: `<think>Two and two…</think>\n\n${ANSWER}`, thought: 'Let me see. ', size: 3 });
  await expect(page.getByTestId('reply-metrics')).toContainText('tokens');
  const thinking = page.getByTestId('thinking');
  await expect(thinking).toContainText(/Thought for/);
  await expect(reply(page)).not.toContainText('Let me see');
  await thinking.locator('summary').press('Enter');
  await expect(thinking).toContainText('Let me see. Two and two…');

  await copyMarkdown();
  await expect.poll(clipboard).toBe(ANSWER);
  await page.getByTestId('copy-text').click();
  await expect
    .poll(clipboard)
    .toBe('So four it is:\n\n- one a\n- two\n\ndef four() -> int:\n    return 2 + 2  # sum\n\na\tb\n1\t2');
  await page.reload();
  await expect(page.getByTestId('thinking')).toContainText(/Thought for/);
  // Its tokens were counted with the rest.
  const [row] = await lab.api().metrics.recent.query({ limit: 1 });
  expect(row?.completionTokens).toBeGreaterThan(ANSWER.length / 3);
});

test('code tells its language, has colours, and is copied by keyboard', async () => {
  const code = reply(page).locator('pre');
  await expect(code.locator('span').filter({ hasText: 'def' })).toBeVisible();
  expect(await code.innerText()).toBe('def four() -> int:\n    return 2 + 2  # sum');
  await expect(reply(page)).toContainText('python');
  const copy = page.getByRole('button', { name: 'Copy the code' });
  await copy.focus();
  await page.keyboard.press('Enter');
  await expect(reply(page).getByText('Copied')).toBeVisible();
  await expect.poll(clipboard).toBe('def four() -> int:\n    return 2 + 2  # sum');
});

test('a reply outlives the page that asked for it, and two tabs see it grow', async ({ browser }) => {
  await page.goto(`${lab.url}/chat`);
  const end = 'The last words.';
  const text = `${longReply(600)}\n\n${end}`;
  await say('slow', { text, thought: 'Hm. '.repeat(10), size: 4, hold: 300 });
  await expect(reply(page)).toContainText('A heading of this part');
  await expect(page).toHaveURL(/c=/);
  const other = await loggedIn(browser, lab);
  await other.page.goto(page.url());
  await page.reload();
  for (const tab of [page, other.page]) {
    await expect(reply(tab)).toContainText('A heading of this part');
    await expect(tab.getByTestId('chat-stop')).toBeVisible();
    await expect(reply(tab)).not.toContainText(end);
  }
  writeFileSync(join(speech, 'slow.go'), '');
  for (const tab of [page, other.page]) {
    await expect(reply(tab)).toContainText(end);
    await expect(tab.getByTestId('reply-metrics')).toContainText('tokens');
    await expect(tab.getByTestId('thinking')).toContainText('Thought for');
  }
  await copyMarkdown();
  await expect.poll(clipboard).toBe(text);
  // A question from one tab appears in the other.
  await say('think', { text: 'And so on.', size: 0 });
  await expect(other.page.getByTestId('reply').nth(1)).toContainText('And so on.');
  await other.context.close();
});

test('another tab can stop it', async ({ browser }) => {
  await page.goto(`${lab.url}/chat`);
  await say('long', { text: longReply(8000), size: 4, per_second: 200 });
  await expect(reply(page)).toContainText('A heading of this part');
  const other = await loggedIn(browser, lab);
  await other.page.goto(page.url());
  await other.page.getByTestId('chat-stop').click();
  await expect(page.getByTestId('reply-metrics')).toContainText('Stopped early');
  await expect(reply(page)).toContainText('A heading of this part');
  await other.context.close();
});

test('who scrolls up is left in peace, and comes back with a button', async () => {
  await page.goto(`${lab.url}/chat`);
  await say('long', { text: longReply(8000), size: 4, per_second: 600 });
  const view = page.getByRole('region', { name: 'Conversation' });
  await expect.poll(() => view.evaluate((element) => element.scrollHeight)).toBeGreaterThan(3000);
  await view.hover();
  await page.mouse.wheel(0, -900);
  const back = page.getByRole('button', { name: 'To the latest' });
  await expect(back).toBeVisible();
  const at = () => view.evaluate((element) => [element.scrollTop, element.scrollHeight]);
  const [top = 0, height = 0] = await at();
  await expect.poll(async () => (await at())[1]).toBeGreaterThan(height + 1000);
  expect((await at())[0]).toBeCloseTo(top, -1);
  await back.click();
  await expect(back).toBeHidden();
  await page.getByTestId('chat-stop').click();
});
