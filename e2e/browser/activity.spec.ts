import { expect, test, type Page } from '@playwright/test';
import { createServer, type Server } from 'node:net';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';

/** The Activity page after something failed: first, with its whole output, and begun again with the same input. */
test.describe.configure({ mode: 'serial' });

let lab: Lab;
let model: StandIn;
let page: Page;
let holder: Server;

test.beforeAll(async ({ browser }) => {
  model = await standInModel();
  lab = await startLab({ env: model.env, config: model.config });
  const port = Number(/model: (\d+)/.exec(model.config)?.[1]);
  holder = createServer().listen(port, '127.0.0.1');
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  page = await context.newPage();
  await page.goto(lab.link);
  await page.getByTestId('start').click();
  await page.getByRole('link', { name: 'Activity' }).first().click();
});
test.afterAll(async () => {
  holder.close();
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
});

/** Ended so, not only begun. */
const failed = () => page.locator('[data-testid="activity"][data-state="failed"]');
const attention = () => page.getByRole('region', { name: 'Needs attention' });

test('what failed comes first, with an output to copy', async () => {
  await expect(attention().getByTestId('activity')).toHaveCount(1);
  await attention().getByText('Output', { exact: true }).click();
  const output = page.getByTestId('activity-output');
  await expect(output).toContainText('Start the lab: failed after');
  await expect(output).toContainText(`held by node (pid ${process.pid})`);
  await page.getByTestId('copy-output').click();
  await expect(page.getByTestId('copy-output')).toContainText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('- Check what is there: failed');
  expect(copied).toMatch(/^fix: Set `ports:/m);
});

test('begun again it fails again, or works once the reason is gone', async () => {
  await page.getByTestId('retry').first().click();
  await expect(failed()).toHaveCount(2);
  await expect(attention().getByTestId('activity')).toHaveCount(1);
  await new Promise((resolve) => holder.close(resolve));
  await attention().getByTestId('retry').click();
  await expect(attention()).toHaveCount(0);
  await expect(page.getByTestId('activity').first()).toContainText('The model answered');
});

test('the input is the same, flags of the command line too, and it can be done by keyboard', async () => {
  const up = await ailab(['up', '--model-path', '/nowhere/own.gguf', '--home', lab.home]);
  expect(up.code).toBe(1);
  await expect(attention().getByTestId('activity')).toContainText('/nowhere/own.gguf');
  await attention().getByTestId('retry').focus();
  await page.keyboard.press('Enter');
  await expect(failed()).toHaveCount(4);
  await expect(attention().getByTestId('activity')).toContainText('from this dashboard');
  await expect(attention().getByTestId('activity')).toContainText('/nowhere/own.gguf');
});

test('fits a phone of 360 px', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await attention().getByText('Output', { exact: true }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
