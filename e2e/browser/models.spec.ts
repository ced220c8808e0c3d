import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildGguf, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import { modelBytes, tinyRepo } from '../pull/harness.ts';
import { startHub, type FakeHub } from '../support/hub.ts';
import { startLab, type Lab } from '../support/lab.ts';

/** The Models page as its user meets it, one after the other: each test goes on where the last one stopped. */
test.describe.configure({ mode: 'serial', timeout: 60_000 });

let lab: Lab;
let hub: FakeHub;
let page: Page;
const folder = mkdtempSync(join(tmpdir(), 'ailab-models-'));
const complaints: string[] = [];
const COMMIT = 'a'.repeat(40);
const REPO = 'many/Many-GGUF';

const model = (name: string) => buildGguf({ metadata: { 'general.name': text(name) } });

function write(path: string, content: Buffer | string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  return file;
}

function cached(repo: string, file: string, content: Buffer): void {
  const sha = createHash('sha256').update(content).digest('hex');
  const at = `hub/models--${repo.replace('/', '--')}`;
  write(`${at}/blobs/${sha}`, content);
  write(`${at}/refs/main`, COMMIT);
  mkdirSync(join(folder, at, 'snapshots', COMMIT), { recursive: true });
  symlinkSync(`../../blobs/${sha}`, join(folder, at, 'snapshots', COMMIT, file));
}

test.beforeAll(async ({ browser }) => {
  cached('org/Alpha-GGUF', 'Alpha-Q4_K_M.gguf', model('Alpha'));
  cached('org/Alpha-GGUF', 'mmproj-f16.gguf', model('Projector'));
  write('own/Beta-Q8_0.gguf', model('Beta'));
  write('own/copy-of-Beta.gguf', model('Beta'));
  write('own/broken.gguf', 'no model at all');
  write('hub/models--org--Alpha-GGUF/blobs/feed.incomplete', 'half');
  hub = await startHub([
    tinyRepo({ files: { 'Tiny-Q4_K_M.gguf': modelBytes(3_000_000) } }),
    {
      id: REPO,
      commit: COMMIT,
      files: { 'a-Q4_0.gguf': modelBytes(200_000), 'b-Q8_0.gguf': modelBytes(300_000) },
    },
    {
      id: 'fault/Fault-GGUF',
      commit: COMMIT,
      files: { 'f-Q4_0.gguf': modelBytes(1_500_000), 'f-Q8_0.gguf': modelBytes(1_600_000) },
    },
    { id: 'own/Private-GGUF', commit: COMMIT, token: 'hf_own', files: { 'p.gguf': modelBytes(100_000) } },
    {
      id: 'shut/Gated-GGUF',
      commit: COMMIT,
      gated: true,
      token: 'hf_other',
      files: { 'g-Q4_0.gguf': modelBytes(100_000) },
    },
  ]);
  lab = await startLab({
    config: `model_folders: [${join(folder, 'own')}]\nmodel_id: org/Alpha-GGUF:Q4_K_M # mine\n`,
    env: {
      HF_HUB_CACHE: join(folder, 'hub'),
      HF_ENDPOINT: hub.endpoint,
      HF_TOKEN: '',
      AILAB_DOWNLOADER: 'plain',
      HF_HUB_OFFLINE: '',
    },
  });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  await page.goto(lab.link);
  await expect(page.getByTestId('headline')).toBeVisible();
});

test.afterAll(async () => {
  await lab.stop();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const card = (title: string) =>
  page.getByTestId('model').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const config = () => readFileSync(join(lab.home, 'ai-lab.yaml'), 'utf8');

test('the rail leads to it, and all that lies there is listed', async () => {
  await page.getByRole('link', { name: 'Models' }).first().click();
  await expect(page.getByTestId('models')).toBeVisible();
  await expect(page.getByTestId('model')).toHaveCount(5);
  await expect(page.getByTestId('model').first()).toContainText('The lab’s model');
  await expect(card('Alpha')).toContainText('llama · ');
  await expect(card('Alpha')).toContainText('Q4_K_M');
  await expect(card('broken')).toContainText('is not a GGUF file');
  await expect(page.getByTestId('model').filter({ hasText: 'Safe to delete' })).toHaveCount(2);
  await shot('list');
});

test('search and sort', async () => {
  await page.getByTestId('model-search').fill('beta');
  await expect(page.getByTestId('model')).toHaveCount(2);
  await page.getByTestId('model-search').fill('no such thing');
  await expect(page.getByText('No model here matches')).toBeVisible();
  await page.getByTestId('model-search').fill('');
  await page.getByRole('radio', { name: 'Name' }).check();
  await expect(page.getByTestId('model')).toHaveCount(5);
});

test('fit: a bar with numbers for the context that is chosen', async () => {
  await card('Alpha').getByText('Memory and details').click();
  const fit = card('Alpha').getByTestId('fit');
  await expect(fit.getByTestId('fit-verdict')).toContainText('Fits');
  await expect(fit.getByTestId('fit-message')).toContainText('4,096 tokens');
  const before = await fit.getByTestId('fit-message').innerText();
  await fit.getByTestId('fit-context').fill('1000000');
  await expect(fit.getByTestId('fit-message')).toContainText('1,000,000 tokens');
  expect(await fit.getByTestId('fit-message').innerText()).not.toBe(before);
  await expect(fit).toContainText('trained for 2,048 tokens');
  await fit.getByTestId('fit-context').fill('2048');
  await expect(fit.getByTestId('fit-message')).toContainText('2,048 tokens');
  await fit.getByTestId('fit-set').click();
  await expect(fit.getByTestId('fit-set')).toBeHidden();
  expect(config()).toContain('context_size: 2048');
  await shot('fit');
});

test('use writes ai-lab.yaml and keeps what else stands there', async () => {
  await page.getByRole('button', { name: 'Use Beta' }).first().click();
  await expect(page.getByTestId('model-used')).toContainText('model_path');
  expect(config()).toMatch(/model_path: .*Beta/);
  expect(config()).not.toContain('model_id');
  expect(config()).toContain(`model_folders: [${join(folder, 'own')}]`);
  await expect(page.getByTestId('model').first()).toContainText('Beta');
  await page.getByRole('button', { name: 'Use Alpha' }).click();
  await expect(page.getByTestId('model-used')).toContainText('model_id: org/Alpha-GGUF:Q4_K_M');
  expect(config()).not.toContain('model_path');
});

test('rename gives the model of the lab another name in /v1', async () => {
  const card = page.getByTestId('model').filter({ hasText: 'The lab’s model' });
  // The test of the fit has left it open.
  if (!(await card.getByTestId('rename').isVisible())) await card.getByText('Memory and details').click();
  await card.getByTestId('rename-name').fill('has spaces');
  await card.getByTestId('rename-save').click();
  await expect(card.getByTestId('rename')).toContainText('without spaces');
  await card.getByTestId('rename-name').fill('lab/alpha');
  await card.getByTestId('rename-save').click();
  await expect(card.getByTestId('rename')).toContainText('from the next Start on');
  expect(config()).toContain('model_name: lab/alpha');
  await card.getByTestId('rename-name').fill('');
  await card.getByTestId('rename-save').click();
  await expect.poll(config).not.toContain('model_name');
});

test('delete asks, says what it frees, and does that and no more', async () => {
  const leftover = page.locator('[data-testid="model"][data-kind="leftover"]');
  await leftover.getByRole('button', { name: /^Delete/ }).click();
  await expect(page.getByRole('dialog')).toContainText('has not ended');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(leftover).toHaveCount(1);
  await leftover.getByRole('button', { name: /^Delete/ }).click();
  await page.getByTestId('confirm').click();
  await expect(page.getByTestId('model-removed')).toContainText('4 B');
  await expect(leftover).toHaveCount(0);
  expect(existsSync(join(folder, 'hub/models--org--Alpha-GGUF/blobs/feed.incomplete'))).toBe(false);
  expect(existsSync(join(folder, 'own/Beta-Q8_0.gguf'))).toBe(true);
});

test('a download: progress in bytes, cancelled, gone on with, listed', async () => {
  hub.reset({ slowMs: 250 });
  await page.getByTestId('pull-id').fill('tiny/Tiny-GGUF:Q4_K_M');
  await page.getByTestId('pull-start').click();
  const progress = page.getByTestId('pull-progress');
  await expect(progress).toContainText(/\d+(\.\d+)? [kM]B of 3\.01 MB/);
  await expect(progress).toContainText(/[kM]B\/s/);
  await expect(progress).toContainText(/left/);
  await shot('pull');
  await page.getByTestId('pull-cancel').click();
  await expect(page.getByTestId('pull-cancelled')).toContainText('kept');
  hub.reset({});
  await page.getByTestId('pull-resume').click();
  await expect(page.getByTestId('pull-done')).toBeVisible({ timeout: 60_000 });
  expect(hub.seen.some(({ range }) => range !== undefined && !range.startsWith('bytes=0-'))).toBe(true);
  await expect(page.getByTestId('model').filter({ hasText: 'tiny/Tiny-GGUF' })).toHaveCount(1);
});

test('a repository with several models offers them; a gated one says what to do', async () => {
  await page.getByTestId('pull-id').fill(REPO);
  await page.getByTestId('pull-start').click();
  const choice = page.getByTestId('pull-failed').getByRole('button', { name: /a-Q4_0\.gguf/ });
  await expect(choice).toContainText('213 kB');
  await choice.click();
  await expect(page.getByTestId('pull-done')).toBeVisible({ timeout: 60_000 });
  await page.getByTestId('pull-id').fill('shut/Gated-GGUF');
  await page.getByTestId('pull-start').click();
  await expect(page.getByTestId('pull-failed')).toContainText(/HF_TOKEN|hf auth login|terms/);
  await page.getByTestId('pull-id').fill('../../etc/passwd');
  await page.getByTestId('pull-start').click();
  await expect(page.getByRole('alert').filter({ hasText: 'model_id' })).toBeVisible();
  await shot('gated');
});

test('what the Hub does wrong is told: cut, stalled, other bytes, no login', async () => {
  const pull = async (id: string) => {
    await page.getByTestId('pull-id').fill(id);
    await page.getByTestId('pull-start').click();
  };
  hub.reset({ corrupt: true });
  await pull('fault/Fault-GGUF:Q4_0');
  await expect(page.getByTestId('pull-failed')).toContainText('sha256');
  hub.reset({ cut: { at: 0.5, times: 1 } });
  await pull('fault/Fault-GGUF:Q4_0');
  await expect(page.getByTestId('pull-done')).toBeVisible({ timeout: 30_000 });
  expect(hub.seen.some(({ range }) => range !== undefined && !range.startsWith('bytes=0-'))).toBe(true);
  // Fifteen seconds without a byte are worth a word.
  hub.reset({ stall: { at: 0.3, ms: 17_000 } });
  await pull('fault/Fault-GGUF:Q8_0');
  await expect(page.getByTestId('pull-progress')).toContainText('No byte for', { timeout: 25_000 });
  await expect(page.getByTestId('pull-done')).toBeVisible({ timeout: 30_000 });
  hub.reset({});
  await pull('own/Private-GGUF');
  await expect(page.getByTestId('pull-failed')).toContainText('HF_TOKEN');
});

test('at 360 px nothing is wider than the page, in both themes', async () => {
  await page.setViewportSize({ width: 360, height: 800 });
  await card('Alpha').scrollIntoViewIfNeeded();
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await shot(`narrow-${theme}`);
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
        .map((element) => `${element.tagName} ${element.className} ${element.textContent.slice(0, 40)}`),
    );
    expect(wide).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await shot('dark');
});

test('the pages complained about nothing but what was refused', () => {
  expect(complaints.filter((line) => !/40[0-9]|50[0-9]/.test(line))).toEqual([]);
});

/** Looked at by people: nothing compares them. */
async function shot(name: string): Promise<void> {
  await page.screenshot({
    path: join(import.meta.dirname, '..', '.out', 'models', `${name}.png`),
    fullPage: true,
  });
}
