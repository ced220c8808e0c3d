import { expect, test, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildGguf, text as gguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';

/** Chat as work is done with it; one lab and one page, each test goes on where the last one stopped. */
test.describe.configure({ mode: 'serial', timeout: 60_000 });

let lab: Lab;
let model: StandIn;
let page: Page;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  // Its replies are what it was asked.
  model = await standInModel(['--fake-echo=1', '--fake-delay-ms=5']);
  const { MODEL_PATH = '', ...env } = model.env;
  // A second model beside the first, and neither of them chosen by the environment, which would win.
  writeFileSync(
    join(dirname(MODEL_PATH), 'other.gguf'),
    buildGguf({ metadata: { 'general.name': gguf('Other') } }),
  );
  lab = await startLab({ env, config: `${model.config}model_path: ${MODEL_PATH}\n` });
  await bringUp(lab);
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
  await page.goto(lab.link);
  await page.getByRole('link', { name: 'Chat' }).first().click();
});

test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
});

const replies = () => page.getByTestId('reply');
const questions = () => page.getByRole('article', { name: 'You' });

async function ask(text: string): Promise<void> {
  const before = await page.getByTestId('reply-metrics').count();
  await page.getByTestId('chat-input').fill(text);
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('reply-metrics')).toHaveCount(before + 1);
}

/** The body that the model got for the last reply: what the stand-in answered. */
async function sent(): Promise<Record<string, unknown>> {
  const text = await replies().last().locator('code').first().innerText();
  return JSON.parse(text) as Record<string, unknown>;
}

test('settings reach the model, are kept with the conversation and with the reply, and can be reset', async () => {
  await page.getByTestId('settings-open').click();
  await page.getByTestId('preset').selectOption('precise');
  await expect(page.getByTestId('setting-temperature')).toHaveValue('0.2');
  await page.getByTestId('setting-seed').fill('7');
  await page.getByTestId('setting-stop').fill('END');
  await page.getByTestId('setting-systemPrompt').fill('Be brief.');
  await page.getByTestId('setting-maxTokens').fill('many');
  await expect(page.getByTestId('chat-settings')).toContainText('A whole number from 1 to');
  await page.getByTestId('setting-maxTokens').fill('50');
  await expect(page.getByTestId('settings-open')).toContainText('6 changed');
  await shot('settings');
  await ask('First question');
  expect(await sent()).toMatchObject({
    temperature: 0.2,
    top_p: 0.9,
    seed: 7,
    max_tokens: 50,
    stop: ['END'],
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'First question' },
    ],
  });
  await page.reload();
  await expect(page.getByText('With temperature 0.2, top-p 0.9')).toBeVisible();
  await expect(page.getByTestId('settings-open')).toContainText('6 changed');
  await page.getByTestId('settings-open').click();
  await page.getByTestId('preset-save').click();
  await page.getByTestId('preset-name').fill('Mine');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('preset').locator('option:checked')).toHaveText('Mine');
  await page.getByTestId('settings-reset').click();
  await expect(page.getByTestId('settings-open')).not.toContainText('changed');
  await expect(page.getByTestId('preset').locator('option:checked')).toHaveText('Balanced');
  await page.keyboard.press('Escape');
  await ask('Second question');
  expect(await sent()).not.toHaveProperty('temperature');
});

test('an edited question and another reply stand beside the first ones; arrows go between them', async () => {
  await page.getByTestId('edit').first().click();
  await page.getByTestId('edit-text').fill('First question, better');
  await page.keyboard.press('Enter');
  await expect(questions()).toHaveText(['First question, better']);
  await expect(page.getByTestId('reply-metrics')).toHaveCount(1);
  await page.getByTestId('regenerate').click();
  const versions = page.getByTestId('versions');
  await expect(versions).toHaveText(['2 / 2', '2 / 2']);
  await expect(page.getByTestId('chat-stop')).toBeHidden();
  await page.getByRole('button', { name: 'Version before of this question' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(questions()).toHaveText(['First question', 'Second question']);
  await expect(page.getByRole('button', { name: 'Version before of this question' })).toBeFocused();
  await shot('branches');
  await page.keyboard.press('ArrowRight');
  await expect(questions()).toHaveText(['First question, better']);
  await page.reload();
  await expect(versions).toHaveText(['2 / 2', '2 / 2']);
  await page.getByTestId('prune').last().click();
  await page.getByTestId('confirm').click();
  await expect(versions).toHaveText(['2 / 2']);
});

test('text files go along, and what is none is refused by name', async () => {
  const file = (name: string, content: string | Buffer) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });
  await page
    .getByTestId('attach-input')
    .setInputFiles([
      file('notes.md', 'The sky\n```\nis blue\n```\n'),
      file('photo.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0])),
      file('huge.log', 'x'.repeat(600_000)),
    ]);
  await expect(page.getByTestId('files-refused')).toContainText('photo.png');
  await expect(page.getByTestId('files-refused')).toContainText('huge.log has');
  await expect(page.getByTestId('files-weight')).toContainText(/About .* tokens .* context of 4,096/);
  await shot('files');
  await ask('What colour?');
  const { messages } = (await sent()) as { messages: { content: string }[] };
  expect(messages.at(-1)?.content).toBe(
    'File "notes.md":\n````\nThe sky\n```\nis blue\n```\n````\n\nWhat colour?',
  );
  await page.getByTestId('attach-input').setInputFiles([file('big.txt', 'word '.repeat(20_000))]);
  await page.getByTestId('chat-input').fill('Too much');
  await expect(page.getByTestId('files-weight')).toContainText('more than the context');
  await expect(page.getByTestId('chat-send')).toBeDisabled();
  await page.getByRole('button', { name: 'Remove big.txt' }).click();
  await page.getByTestId('chat-input').fill('');
});

test('two replies beside each other: by settings, and by a model to which the lab is switched and back', async () => {
  await page.getByTestId('compare').last().click();
  const sheet = page.getByRole('dialog', { name: 'Compare two replies' });
  await sheet.getByTestId('setting-temperature').fill('1.5');
  await sheet.getByTestId('compare-run').click();
  await expect(sheet.getByTestId('comparison')).toContainText('With temperature 1.5');
  await expect(sheet.getByTestId('reply-metrics')).toHaveCount(2);
  await shot('compare');
  await sheet.getByRole('radio', { name: 'Another model' }).check();
  await sheet.getByTestId('compare-switch').click();
  await expect(page.getByTestId('confirm')).toBeVisible();
  await page.getByTestId('confirm').click();
  const course = sheet.getByTestId('compare-course');
  await expect(course).toContainText(/The lab has (?!kept)/, { timeout: 40_000 });
  await expect(course.getByRole('listitem')).toHaveCount(3);
  await expect(sheet.getByTestId('comparison')).toContainText('other');
  await shot('compare-models');
  const config = () => readFileSync(join(lab.home, 'ai-lab.yaml'), 'utf8');
  expect(config()).toContain('stand-in.gguf');
  const activities = await lab.api().activity.list.query({ limit: 5 });
  expect(activities.map(({ kind, state }) => `${kind} ${state}`).slice(0, 2)).toEqual(['up done', 'up done']);
  await sheet.getByTestId('compare-switch').click();
  await page.getByTestId('confirm').click();
  await sheet.getByTestId('compare-cancel').click();
  await expect(course).toContainText('Cancelled.', { timeout: 40_000 });
  expect(config()).toContain('stand-in.gguf');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('chat-input')).toBeEnabled();
});

test('search finds by the beginning of words, by keyboard, and leads to the place', async () => {
  await page.getByTestId('chat-new').focus();
  await page.keyboard.press('/');
  await expect(page.getByTestId('chat-search')).toBeFocused();
  await page.keyboard.type('bett "quest* (');
  await expect(page.getByTestId('search-results').locator('mark').first()).toHaveText('question');
  await shot('search');
  await page.getByTestId('chat-search').fill('second quest');
  const hit = page.getByTestId('search-results').getByRole('link', { name: /^You:/ });
  await expect(hit).toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(
    page
      .getByTestId('search-results')
      .getByRole('link', { name: /You:|Reply:/ })
      .first(),
  ).toBeFocused();
  await hit.press('Enter');
  // It stands in a branch that was not shown.
  await expect(questions()).toHaveText(['First question', 'Second question']);
  await page.getByTestId('chat-search').fill('nosuchword');
  await expect(page.getByText('Nothing holds all of these words.')).toBeVisible();
  await page.getByTestId('chat-search').press('Escape');
  await expect(page.getByTestId('chat-search')).toHaveValue('');
});

test('a conversation goes out as a file and comes in again, with its versions', async () => {
  await page.getByTestId('transfer').click();
  const saved = page.waitForEvent('download');
  await page.getByTestId('export-json').click();
  const path = await (await saved).path();
  const [markdown] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('export-markdown').click(),
  ]);
  expect(readFileSync(await markdown.path(), 'utf8')).toContain('## You\n\nSecond question');
  await page.getByTestId('import-input').setInputFiles(path);
  await expect(page.getByTestId('import-done')).toContainText('Nothing new came in. Here already');
  await shot('transfer');
  await page.getByTestId('import-input').setInputFiles({
    name: 'x.json',
    mimeType: 'application/json',
    buffer: Buffer.from(
      '{"messages":[{"role":"user","content":"From elsewhere"},{"role":"wizard","content":""}]}',
    ),
  });
  await expect(page.getByTestId('import-failed')).toContainText('messages.1.role');
  await page.keyboard.press('Escape');
  const before = await questions().allInnerTexts();
  await page.getByRole('button', { name: /^Delete First/ }).click();
  await page.getByTestId('confirm').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New conversation');
  await page.getByTestId('transfer').click();
  await page.getByTestId('import-input').setInputFiles(path);
  await expect(page.getByTestId('import-done')).toContainText('1 conversation came in');
  await page.keyboard.press('Escape');
  await page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').first().click();
  await expect(questions()).toHaveText(before);
  await expect(page.getByTestId('versions').first()).toHaveText('1 / 2');
});

test('Connect: the snippet that is shown works as it stands, and who called is told', async () => {
  await page.getByRole('link', { name: 'Connect' }).first().click();
  await expect(page.getByTestId('client')).toHaveCount(1);
  await page.getByTestId('connect-create').click();
  await expect(page.getByTestId('connect-key')).toContainText('sk-ailab-');
  await page.getByTestId('snippet-copy').click();
  await expect(page.getByTestId('snippet-copy')).toContainText('Copied');
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  const { stdout } = await promisify(execFile)('bash', ['-c', `${copied} --silent --user-agent 'my tool/1'`]);
  expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion' });
  await expect(page.getByTestId('client').filter({ hasText: 'my tool/1' })).toContainText('1 request');
  await shot('connect');
  for (const name of ['Python', 'JavaScript', 'Zed', 'VS Code: Continue']) {
    await page.getByRole('radio', { name }).check();
    await expect(page.getByTestId('snippet')).toContainText(`${lab.url}/v1`);
  }
  await page.getByRole('link', { name: 'Chat' }).first().click();
});

test('nothing complained, and nothing is wider than a phone', async () => {
  // The browser itself reports the file that was refused.
  expect(complaints.filter((line) => !/400.*chat\.import/.test(line))).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await shot(`narrow-${theme}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  }
  await page.getByTestId('settings-open').click();
  await shot('narrow-settings');
});

/** Looked at by people: nothing compares them. */
async function shot(name: string): Promise<void> {
  await page.screenshot({ path: join(import.meta.dirname, '..', '.out', 'chat', `${name}.png`) });
}
