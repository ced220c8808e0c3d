import { expect, test, type Page } from '@playwright/test';
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startLab, type Lab } from '../support/lab.ts';

/** ai-lab.yaml in the browser: mended in place, never lost, never over someone else's change. */
test.describe.configure({ mode: 'serial' });

const INVALID = '# mine\nprofile: default   # why\ncontext_siz: 4096\n';
let lab: Lab;
let page: Page;
let file: string;

test.beforeAll(async ({ browser }) => {
  lab = await startLab({ config: INVALID, env: { MODEL_ID: 'org/name' } });
  file = join(lab.home, 'ai-lab.yaml');
  page = await browser.newPage();
  await page.goto(lab.link);
});

test.afterAll(() => lab.stop());

const text = () => page.getByTestId('config-text');
const onDisk = () => readFileSync(file, 'utf8');

test('Overview names the line, and leads to where it is mended; nothing can be started', async () => {
  await expect(page.getByTestId('attention')).toContainText(
    /ai-lab\.yaml:3:1: context_siz: There is no such key/,
  );
  await expect(page.getByTestId('start')).toHaveCount(0);
  await expect(lab.api().lab.up.mutate({ starter: false })).resolves.toMatchObject({ state: 'running' });
  await expect
    .poll(async () => (await lab.api().activity.list.query({ limit: 1 }))[0])
    .toMatchObject({ state: 'failed', error: { code: 'config_invalid' } });
  await page.getByRole('link', { name: 'Mend ai-lab.yaml' }).click();
  await expect(text()).toHaveValue(INVALID);
});

test('the problem stands at its line, and leads the cursor there', async () => {
  await expect(page.getByTestId('config-problems')).toContainText('context_siz: There is no such key.');
  await page.getByRole('button', { name: 'Line 3, column 1' }).click();
  const selected = await text().evaluate((field: HTMLTextAreaElement) =>
    field.value.slice(field.selectionStart, field.selectionEnd),
  );
  expect(selected).toBe('context_siz: 4096');
});

test('a bad value can not be saved; a good one is, with comments, order and mode kept', async () => {
  chmodSync(file, 0o640);
  await text().fill(INVALID.replace('context_siz: 4096', 'context_size: many'));
  await expect(page.getByTestId('config-problems')).toContainText('context_size: Expected number');
  await expect(page.getByTestId('config-save')).toBeDisabled();
  await text().fill(INVALID.replace('context_siz: 4096', 'context_size: 2048'));
  await expect(page.getByTestId('config-problems')).toHaveCount(0);
  await page.getByTestId('config-save').click();
  await expect(page.getByTestId('config-said')).toContainText('Saved');
  expect(onDisk()).toBe('# mine\nprofile: default   # why\ncontext_size: 2048\n');
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

test('each value says where it comes from, and what it means', async () => {
  await page.getByText('Every key:').click();
  await expect(page.getByTestId('config-value-context_size')).toContainText(
    /2048\s*ai-lab\.yaml.*default is 4096/s,
  );
  await expect(page.getByTestId('config-value-model_id')).toContainText(
    /org\/name\s*the environment, MODEL_ID/,
  );
  await expect(page.getByTestId('config-value-services')).toContainText(/grafana\s*the default/);
});

test('a change on disk is shown within moments while nothing is typed', async () => {
  writeFileSync(file, 'context_size: 1024\n');
  await expect(text()).toHaveValue('context_size: 1024\n', { timeout: 4000 });
});

test('a change on disk never takes what is typed: it is told, and the user decides', async () => {
  await text().fill('context_size: 512\n');
  writeFileSync(file, 'context_size: 768 # theirs\n');
  await expect(page.getByTestId('config-conflict')).toBeVisible({ timeout: 4000 });
  await expect(text()).toHaveValue('context_size: 512\n');
  await expect(page.getByTestId('config-save')).toBeDisabled();
  await page.getByRole('button', { name: 'Keep my text over it' }).click();
  await page.getByTestId('config-save').click();
  await expect.poll(onDisk).toBe('context_size: 512\n');
});

test('what is typed outlives a visit to another page, and closing asks first', async () => {
  await text().fill('context_size: 640\n');
  await page.getByRole('link', { name: 'Logs' }).first().click();
  await expect(page).toHaveURL(/\/logs/);
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await expect(text()).toHaveValue('context_size: 640\n');
  await expect(page.getByTestId('config-said')).toContainText('Not saved');
  const asked = page.waitForEvent('dialog');
  const reload = page.reload().catch(() => undefined);
  const dialog = await asked;
  expect(dialog.type()).toBe('beforeunload');
  await dialog.accept();
  await reload;
  await expect(text()).toHaveValue('context_size: 512\n');
  expect(onDisk()).toBe('context_size: 512\n');
});

test('a browser brings in no command, image or path; the file stays as it was', async () => {
  for (const line of [
    'hooks: { pre_apply: [{ name: x, type: command, command: [id] }] }',
    'images: { weaviate: evil/image }',
    'model_path: /etc/passwd',
  ]) {
    await text().fill(`${line}\n`);
    await expect(page.getByTestId('config-problems')).toContainText('A browser may not name');
    await expect(page.getByTestId('config-save')).toBeDisabled();
  }
  // The page is no wall: the server refuses the same.
  const { sha256: base } = await lab.api().config.get.query();
  const answer = await page.evaluate(
    async (input) => {
      const secret = localStorage.getItem('ailab-secret') ?? '';
      const response = await fetch('/api/trpc/config.write', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-ailab-secret': secret },
        body: JSON.stringify(input),
      });
      return [response.status, await response.text()] as const;
    },
    { text: 'model_path: /etc/passwd\n', base },
  );
  expect(answer).toEqual([403, expect.stringContaining('config_not_from_browser')]);
  expect(onDisk()).toBe('context_size: 512\n');
  await page.getByTestId('config-discard').click();
});

test('line ends of Windows are kept', async () => {
  writeFileSync(file, '# mine\r\nprofile: default\r\n');
  await expect(text()).toHaveValue('# mine\nprofile: default\n', { timeout: 4000 });
  await text().fill('# mine\nprofile: gpu\n');
  await page.getByTestId('config-save').click();
  await expect.poll(onDisk).toBe('# mine\r\nprofile: gpu\r\n');
});

test('a file in UTF-16 is told, shown, and saved as UTF-8', async () => {
  writeFileSync(file, Buffer.from('\uFEFFprofile: default # Grün\n', 'utf16le'));
  await expect(page.getByTestId('config-problems')).toContainText('UTF-16', { timeout: 4000 });
  await expect(text()).toHaveValue('profile: default # Grün\n');
  await page.getByTestId('config-save').click();
  await expect.poll(onDisk).toBe('profile: default # Grün\n');
  await expect(page.getByTestId('config-problems')).toHaveCount(0);
});
