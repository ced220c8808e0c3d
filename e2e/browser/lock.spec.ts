import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';

/** The Lock page over a lab that a stand-in for llama-server answers for. */
test.describe.configure({ mode: 'serial' });

let model: StandIn;
let lab: Lab;
let page: Page;
let exported: string;
const complaints: string[] = [];
const file = (text: string | Buffer, name = 'lock.yaml') => ({
  name,
  mimeType: 'application/yaml',
  buffer: Buffer.from(text),
});
const choose = (text: string | Buffer, name?: string) =>
  page.getByLabel('A lock file').setInputFiles(file(text, name));
const panel = (name: string) => page.getByTestId(`lock-${name}`);

test.beforeAll(async ({ browser }) => {
  model = await standInModel();
  lab = await startLab({ env: model.env, config: model.config });
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // A refused file is answered with 400, which the browser itself complains about.
    if (message.type() === 'error' && !message.text().includes('400')) complaints.push(message.text());
  });
  await page.goto(lab.link);
  await page.getByRole('link', { name: 'Lock' }).click();
});
test.afterAll(async () => {
  await lab.stop();
  model.remove();
});

test('says that there is none yet, and where it comes from', async () => {
  await expect(panel('empty')).toContainText('It is written by the first start of the lab that succeeds');
});

test('shows the lock as soon as a start has written it', async () => {
  await bringUp(lab);
  await expect(panel('in-force')).toContainText('Written by a start');
  await expect(panel('in-force')).toContainText('stand-in');
  await expect(panel('in-force')).toContainText('context_size 4,096');
  const { sha256 = '' } = (await lab.api().lock.show.query()) ?? {};
  await expect(page.getByTestId('lock-sha')).toContainText(sha256.slice(0, 12));
  await expect(panel('row')).toHaveCount(1);
});

test('exports the very text that the command line exports', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel('in-force').getByRole('button', { name: 'Export' }).click(),
  ]);
  exported = readFileSync(await download.path(), 'utf8');
  expect(exported).toBe((await lab.api().lock.export.query({})).text);
});

test('verifies clean', async () => {
  await panel('verify').getByRole('button', { name: 'Verify' }).click();
  await expect(panel('clean')).toContainText('Everything is as locked.');
});

test('refuses what is no lock by name and line, and keeps the one in force', async () => {
  await choose('version: 7\npackages: {}\n', 'seven.yaml');
  await expect(panel('import').getByRole('alert')).toContainText(
    'seven.yaml:1:1: version: there is no lock version 7',
  );
  await choose(Buffer.from([0xff, 0xfe, 0, 0]), 'wide.yaml');
  await expect(panel('import').getByRole('alert')).toContainText('wide.yaml: it is UTF-16');
  await choose(Buffer.alloc(1_100_000, 'x'), 'large.yaml');
  await expect(panel('import').getByRole('alert')).toContainText('large.yaml: a lock has at most 1 MB');
  await expect(panel('row')).toHaveCount(1);
});

test('shows what an import changes, and does nothing on Cancel', async () => {
  await choose(exported.replace('context_size: 4096', 'context_size: 2048'));
  await expect(panel('preview')).toContainText('embedded-runtime.flags.context_size');
  await panel('preview').getByRole('button', { name: 'Cancel' }).click();
  await expect(panel('preview')).toHaveCount(0);
  await expect(panel('row')).toHaveCount(1);
});

test('imports after that question, and verify then names the difference', async () => {
  await choose(exported.replace('context_size: 4096', 'context_size: 2048'));
  await panel('preview').getByRole('button', { name: 'Import' }).click();
  await expect(panel('imported')).toContainText('ailab-web up --locked');
  await expect(panel('row')).toHaveCount(2);
  await expect(panel('in-force')).toContainText('Imported');
  await panel('verify').getByRole('button', { name: 'Verify' }).click();
  await expect(panel('verify').getByTestId('lock-differences')).toContainText(
    'embedded-runtime.flags.context_size',
  );
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByTestId('activity').first()).toContainText('Import a lock');
  await page.getByRole('link', { name: 'Lock' }).click();
});

test('a lock of today is nothing to do; an older one comes back from the history', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    panel('row').last().getByRole('button', { name: 'Export' }).click(),
  ]);
  expect(readFileSync(await download.path(), 'utf8')).toBe(exported);
  await choose(exported);
  await panel('preview').getByRole('button', { name: 'Import' }).click();
  await expect(panel('row')).toHaveCount(3);
  await choose(exported);
  await expect(panel('import')).toContainText('is the lock in force already');
});

test('fits a phone, in both themes', async () => {
  await page.setViewportSize({ width: 360, height: 800 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
});

test('nothing of it has upset the page', () => expect(complaints).toEqual([]));
