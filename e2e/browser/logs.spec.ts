import { expect, test, type Page } from '@playwright/test';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE_LINES } from '../../server/testing/hostile-lines.ts';
import { startLab, type Lab } from '../support/lab.ts';

/** The Logs page over a file that grows: no model is needed for it. */
test.describe.configure({ mode: 'serial' });

let lab: Lab;
let page: Page;
const complaints: string[] = [];
const write = (text: string) => appendFileSync(join(lab.home, 'logs', 'runtime.log'), text);
const lines = () => page.getByTestId('log-lines').locator('> div');

test.beforeAll(async ({ browser }) => {
  lab = await startLab();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(lab.link);
  await page.getByRole('link', { name: 'Logs' }).click();
});
test.afterAll(() => lab.stop());

test('says in words that nothing was written yet, and what to do', async () => {
  await expect(page.getByTestId('log-empty')).toContainText(
    'The model has written nothing yet. Start the lab',
  );
});

test('T16: fifty hostile lines are text, live and in the download', async () => {
  write(HOSTILE_LINES.map(([payload]) => `${payload}\n`).join(''));
  await expect(lines()).toHaveCount(HOSTILE_LINES.length);
  const wanted = HOSTILE_LINES.map(([, text]) => text);
  expect(await lines().evaluateAll((all) => all.map((line) => line.textContent))).toEqual(wanted);
  expect(await page.getByTestId('log-lines').locator('*:not(div, span)').count()).toBe(0);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toBe(wanted.map((text) => `${text}\n`).join(''));
});

test('search leaves the lines that match, and marks the words', async () => {
  await page.getByRole('searchbox').fill('CLEAR');
  await expect(lines()).toHaveText(['cleared']);
  await expect(page.locator('mark')).toHaveText('clear');
  await page.getByRole('searchbox').fill('');
});

test('keeps the newest 5,000 of a flood and says so; whoever scrolls up is left in peace', async () => {
  write(Array.from({ length: 6000 }, (_, at) => `line ${at}\n`).join(''));
  await expect(page.getByText('line 5999', { exact: true })).toBeInViewport();
  await expect(lines()).toHaveCount(5000);
  await expect(page.getByText(/^1,0\d\d older lines left out/)).toBeAttached();
  const log = page.getByRole('region', { name: 'Log of Model' });
  await log.hover();
  await page.mouse.wheel(0, -2000);
  await expect(page.getByRole('button', { name: 'To the latest' })).toBeVisible();
  write('one more\n');
  await expect(page.getByText('one more', { exact: true })).toBeAttached();
  await expect(page.getByText('one more', { exact: true })).not.toBeInViewport();
  await page.getByRole('button', { name: 'To the latest' }).click();
  await expect(page.getByText('one more', { exact: true })).toBeInViewport();
});

test('nothing of it has upset the page', () => expect(complaints).toEqual([]));
