import { expect, test, type Page } from '@playwright/test';
import * as z from 'zod';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';

/** Two tabs and a command line at once: what one of them does, the others tell within two seconds. */
test.describe.configure({ mode: 'serial' });

const SOON = { timeout: 2000 };

let model: StandIn;
let lab: Lab;
let tabs: [Page, Page];

test.beforeAll(async ({ browser }) => {
  // Slow enough for "starting" to be seen.
  model = await standInModel(['--fake-load-ms=1200']);
  lab = await startLab({ env: model.env, config: model.config });
  const context = await browser.newContext();
  const first = await context.newPage();
  await first.goto(lab.link);
  await first.waitForURL(`${lab.url}/`);
  const second = await context.newPage();
  await second.goto(`${lab.url}/activity`);
  tabs = [first, second];
  await expect(first.getByTestId('headline')).toContainText('The lab is stopped');
  await expect(second.getByRole('heading', { name: 'Activity' })).toBeVisible();
});
test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
});

/** The model's process as `status` has it, e.g. `managed healthy`. */
async function byCommandLine(): Promise<string> {
  const { stdout } = await ailab(['status', '-o', 'json', '--home', lab.home], { env: model.env });
  const item = z.object({ domain: z.string(), state: z.string(), health: z.string().optional() });
  const status = z
    .object({ managed_items: z.array(item), missing_items: z.array(item) })
    .parse(JSON.parse(stdout));
  const process = [...status.managed_items, ...status.missing_items].find(
    ({ domain }) => domain === 'process',
  );
  return `${process?.state} ${process?.health ?? ''}`.trim();
}

test('an up of the command line is in both tabs, while it runs and when it has', async () => {
  const up = ailab(['up', '--home', lab.home], { env: model.env });
  await expect
    .poll(async () => (await lab.api().activity.list.query({ limit: 1 }))[0]?.state)
    .toBe('running');
  await Promise.all(tabs.map((tab) => expect(tab.getByTestId('strip')).toContainText('Start the lab', SOON)));
  await expect(tabs[0].getByTestId('headline')).toContainText('starting', SOON);
  expect((await up).code).toBe(0);
  await expect(tabs[0].getByTestId('headline')).toContainText('The model answers', SOON);
  await expect(tabs[1].getByTestId('activity').first()).toHaveAttribute('data-state', 'done', SOON);
  await expect(tabs[1].getByRole('banner')).toContainText('Running', SOON);
  expect(await byCommandLine()).toBe('managed healthy');
});

test('a stop in one tab is in the other, and in the command line', async () => {
  await tabs[0].getByTestId('stop').click();
  await expect(tabs[0].getByTestId('headline')).toContainText('The lab is stopped');
  await expect(tabs[1].getByRole('banner')).toContainText('Stopped', SOON);
  await expect(tabs[1].getByTestId('activity').first()).toContainText('Stop the lab', SOON);
  expect(await byCommandLine()).toMatch(/^missing/);
});

test('the strip: to close it hides it alone, to cancel it ends what runs and says what stays', async () => {
  await tabs[0].getByTestId('start').click();
  await expect(tabs[0].getByTestId('strip')).toContainText('Start the lab');
  await tabs[0].getByTestId('strip-close').click();
  await expect(tabs[0].getByTestId('strip')).toBeHidden();
  await tabs[1].getByTestId('strip-cancel').click();
  await expect(tabs[1].getByTestId('strip')).toContainText('Nothing is rolled back.');
  await expect(tabs[0].getByTestId('strip')).toBeHidden();
  expect((await lab.api().activity.list.query({ limit: 1 }))[0]?.state).toBe('cancelled');
});

test('the palette: only what may be done now, by keyboard', async () => {
  const [page] = tabs;
  // The cancel may have come when the model was up already: that stays, as it says.
  await ailab(['down', '--home', lab.home], { env: model.env });
  await expect(page.getByTestId('headline')).toContainText('The lab is stopped');
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('palette')).toBeVisible();
  await expect(page.getByTestId('do-start')).toBeVisible();
  await expect(page.getByTestId('do-stop')).toHaveCount(0);
  await page.keyboard.type('start the');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('palette')).toBeHidden();
  await expect(page.getByTestId('headline')).toContainText('The model answers');
  await page.keyboard.press('Control+k');
  await expect(page.getByTestId('do-stop')).toBeVisible();
  await expect(page.getByTestId('do-start')).toHaveCount(0);
  await page.keyboard.type('lock');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${lab.url}/lock`);
});
