import { expect, test, type Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { labPlan } from '../../server/schemas/plan.ts';
import { downloadTotal, fieldWords, planHeadline, portWords } from '../../server/schemas/plan-words.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';

/** The plan from Start to "nothing to do" and through drift, with a stand-in for the model server. */
test.describe.configure({ mode: 'serial' });

let lab: Lab;
let model: StandIn;
let page: Page;
const complaints: string[] = [];
const heading = () => page.getByRole('heading', { level: 1 });
const config = (more = '') => writeFileSync(join(lab.home, 'ai-lab.yaml'), `${model.config}${more}`);

test.beforeAll(async ({ browser }) => {
  model = await standInModel();
  lab = await startLab({ env: model.env, config: model.config });
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(lab.link);
});
test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
});

/** Every fact that the command line tells is on the page, in the same words. */
async function expectSameAsCli(): Promise<void> {
  const { stdout } = await ailab(['plan', '-o', 'json', '--home', lab.home]);
  const plan = labPlan.parse(JSON.parse(stdout));
  await expect(heading()).toHaveText(planHeadline(plan));
  const needs = page.getByTestId('plan-needs');
  await expect(needs).toContainText(downloadTotal(plan));
  for (const port of plan.ports)
    await expect(needs).toContainText(`${port.port} of ${port.item}: ${portWords(port)}`);
  for (const { domain, name, fields } of plan.items.filter(({ action }) => action !== 'untracked')) {
    const item = page.getByTestId(`plan-item-${domain}-${name}`);
    await expect(item).toBeVisible();
    for (const field of fields) await expect(item).toContainText(fieldWords(field));
  }
}

test('beside Start it is reviewed, with what the command line says', async () => {
  await expect(page.getByTestId('start')).toBeVisible();
  await page.getByRole('link', { name: 'Review the plan' }).click();
  await expect(page).toHaveURL(`${lab.url}/plan`);
  await expect(page.getByTestId('plan-apply')).toBeVisible();
  await expectSameAsCli();
});

test('Apply starts the lab, and the Overview shows how it goes', async () => {
  await page.getByTestId('plan-apply').click();
  await expect(page).toHaveURL(`${lab.url}/`);
  await expect(page.getByTestId('headline')).toContainText('The model answers');
});

test('with nothing to do it is calm, and offers nothing to press', async () => {
  await page.getByRole('link', { name: 'Review the plan' }).click();
  await expect(heading()).toHaveText('Nothing to do: 1 model server healthy');
  await expectSameAsCli();
  await expect(page.getByTestId('plan-apply')).toHaveCount(0);
});

test('after drift it names the field, from what to what', async () => {
  config('context_size: 1024\n');
  await page.getByTestId('plan-again').click();
  await expect(page.getByTestId('plan-item-process-embedded-runtime')).toContainText(
    'context size: 4096 → 1024',
  );
  await expectSameAsCli();
});

test('a plan that has changed meanwhile is not applied, but shown anew; then it is, by keyboard', async () => {
  config();
  await page.getByTestId('plan-apply').click();
  await expect(heading()).toHaveText('Nothing to do: 1 model server healthy');
  const refusal = page.getByRole('alert').filter({ hasText: 'The plan has changed' });
  await expect(refusal).toContainText('now embedded-runtime: keep');
  config('context_size: 2048\n');
  await page.getByTestId('plan-again').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plan-apply')).toBeVisible();
  await expect(refusal).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('plan-apply')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`${lab.url}/`);
  // A restart with its weights to load, on a machine that may be busy.
  await expect(page.getByTestId('headline')).toContainText('The model answers', { timeout: 60_000 });
});

test('what forbids a start comes first, with its fix and without a button', async () => {
  config('contxt: 1\n');
  await page.goto(`${lab.url}/plan`);
  await expect(heading()).toHaveText('One thing forbids a start');
  await expect(page.getByText('contxt: There is no such key.')).toBeVisible();
  await expect(page.getByTestId('plan-apply')).toHaveCount(0);
  config();
});

test('fits a phone of 360 px, and upset nothing', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`${lab.url}/plan`);
  await expect(page.getByTestId('plan-needs')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(complaints).toEqual([]);
});
