import { expect, test, type Page } from '@playwright/test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sh, startHookLab, type HookLab } from '../hooks/support.ts';

/** Hooks in a browser: the list, one hook with its runs, a command that has to be confirmed, and the way from a step. */
test.describe.configure({ mode: 'serial' });

let one: HookLab;
let page: Page;
const complaints: string[] = [];
const row = (name: string) => page.getByTestId(`hook-${name}`);
const runs = () => page.getByTestId('hook-run');

test.beforeAll(async ({ browser }) => {
  one = await startHookLab();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  await page.goto(one.lab.link);
});
test.afterAll(() => one.stop());

test('the default hooks say why this engine runs none of them', async () => {
  await page.getByRole('link', { name: 'Hooks' }).click();
  await expect(row('weaviate-ready')).toContainText('Not run');
  await expect(row('grafana-import')).toContainText('the embedded engine runs no Grafana');
});

test('a new command is shown as an argv, and runs only once it is confirmed', async () => {
  await one.configure(
    {
      pre_apply: [sh('greet', 'echo hello from a hook; touch ran')],
      post_apply: [sh('fails', 'echo oh no; exit 4')],
    },
    false,
  );
  await page.reload();
  await expect(row('greet')).toContainText('Not confirmed');
  await page.getByRole('link', { name: 'greet' }).click();
  await expect(page.getByTestId('run-now')).toBeDisabled();
  await page.getByRole('button', { name: 'Look at it and confirm' }).click();
  await expect(page.getByTestId('argv')).toHaveText('["sh","-c","echo hello from a hook; touch ran"]');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('unconfirmed')).toBeVisible();
  await page.getByRole('button', { name: 'Look at it and confirm' }).click();
  await page.getByTestId('confirm').click();
  await expect(page.getByTestId('unconfirmed')).toHaveCount(0);
  expect(existsSync(join(one.lab.home, 'ran'))).toBe(false);
});

test('run now leaves a receipt with output, time and exit code', async () => {
  await page.getByTestId('run-now').click();
  await expect(runs()).toHaveCount(1);
  await expect(runs().first()).toContainText('Done');
  await expect(runs().first()).toContainText('exit code 0');
  await expect(page.getByTestId('hook-output')).toHaveText('hello from a hook\n');
});

test('the lab does not start over an unconfirmed command, and says where to look', async () => {
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByTestId('start').click();
  await page.getByRole('link', { name: 'Look at the hooks' }).click();
  await expect(row('fails')).toContainText('Not confirmed');
  await page.getByRole('link', { name: 'fails' }).click();
  await page.getByRole('button', { name: 'Look at it and confirm' }).click();
  await page.getByTestId('confirm').click();
  await expect(page.getByTestId('run-now')).toBeEnabled();
});

test('a failed post hook leaves the lab up; its step leads to what it wrote', async () => {
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByTestId('start').click();
  await expect(
    page.getByText('The lab is up and its model answers, but a hook failed.').first(),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Activity' }).click();
  const up = page.getByTestId('activity').first();
  await up.getByText(/steps$/).click();
  await up.getByRole('link', { name: 'Hook fails' }).click();
  await expect(runs().first()).toContainText('exit code 4');
  await expect(runs().first()).toContainText('The hook fails failed: sh ended with exit code 4.');
  await expect(page.getByTestId('hook-output')).toHaveText('oh no\n');
  expect((await one.lab.api().lab.overview.query()).phase).not.toBe('stopped');
});

test('a page of a hook that is gone says so', async () => {
  await page.goto(`${one.lab.url}/hooks/no-such`);
  await expect(page.getByText('There is no hook of that name')).toBeVisible();
});

test('nothing of it has upset the page, but for the start that was refused', () => {
  // Other tests on this machine make and remove networks.
  const ours = complaints.filter((text) => !text.includes('ERR_NETWORK_CHANGED'));
  expect(ours).toEqual([expect.stringContaining('409 (Conflict)')]);
});
