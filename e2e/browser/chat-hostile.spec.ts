import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { heavyPayloads, hostilePayloads } from '../support/hostile.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { loggedIn } from '../support/browser.ts';
import { bringUp, standInModel, takeAway, type StandIn } from '../support/model.ts';

/** A model that turns against its reader, streamed in three ways: its words stay words. */
test.describe.configure({ mode: 'serial' });

const PAYLOADS = hostilePayloads();
/** UTF-16 units a piece; 0: the whole reply in one. */
const SIZES = [1, 7, 0];
const BATCH = 50;

const speech = mkdtempSync(join(tmpdir(), 'ailab-speech-'));
let model: StandIn;
let lab: Lab;
let context: BrowserContext;
let page: Page;
/** Everything that should not have happened. */
let broken: string[] = [];

test.beforeAll(async ({ browser }) => {
  model = await standInModel([`--fake-speech='${speech}'`]);
  lab = await startLab({ env: model.env, config: model.config });
  await bringUp(lab);
  ({ context, page } = await loggedIn(browser, lab));
  context.on('page', (opened) => broken.push(`a new page: ${opened.url()}`));
  context.on('request', (request) => {
    if (new URL(request.url()).host !== `localhost:${lab.port}`) broken.push(`a request: ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    broken.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => broken.push(`an error: ${error.message}`));
  await page.exposeFunction('tellTest', (words: string) => broken.push(words));
  await page.addInitScript(() => {
    const tell = (words: string) =>
      void (window as unknown as { tellTest: (words: string) => void }).tellTest(words);
    addEventListener('securitypolicyviolation', (event) =>
      tell(`the policy stopped ${event.effectiveDirective} ${event.blockedURI}`),
    );
    // From the user's click to the page's answer: what stands before it in the page's way counts in.
    const delays: number[] = [];
    Object.assign(window, { clickDelays: delays });
    addEventListener('click', (event) => delays.push(performance.now() - event.timeStamp), true);
  });
});

test.afterAll(() => takeAway(lab, model, speech));

/** Has the model say it; resolves when the reply is complete, and the page was clicked all the while. */
async function hear(name: string, nth: number, text: string, size: number): Promise<void> {
  writeFileSync(join(speech, `${name}.json`), JSON.stringify({ text, size }));
  const field = page.getByTestId('chat-input');
  await field.fill(`say ${name}`);
  await page.getByTestId('chat-send').click();
  const done = page.getByTestId('reply-metrics').nth(nth);
  const box = await field.boundingBox();
  for (;;) {
    if (box !== null) await page.mouse.click(box.x + 40, box.y + 10);
    if (((await done.textContent({ timeout: 100 }).catch(() => '')) ?? '').includes(' in ')) return;
    await expect(page.getByTestId('reply').nth(nth)).toBeAttached();
  }
}

async function checked(what: string): Promise<void> {
  const seen = await page.evaluate(() => {
    const { clickDelays, __pwned } = window as unknown as { clickDelays: number[]; __pwned: unknown };
    const root = document.querySelector('[aria-label="Conversation"]');
    const found =
      root?.querySelectorAll(
        'script, iframe, img, object, embed, style, link, form, video, audio, base, meta, svg script, [onerror], [onload], [onfocus], [style]',
      ) ?? [];
    const links = [...(root?.querySelectorAll('a') ?? [])].map((link) => link.getAttribute('href') ?? '');
    return {
      pwned: __pwned !== undefined,
      delay: Math.max(0, ...clickDelays.splice(0)),
      elements: [...found].map((element) => element.outerHTML.slice(0, 120)),
      links: links.filter((href) => !/^(https?:\/\/|mailto:|\/requests\?)/.test(href)),
      controls: /[\u202A-\u202E\u2066-\u2069]/.test(
        root?.querySelector('[data-testid="reply"]')?.textContent ?? '',
      ),
    };
  });
  expect({ what, broken, ...seen, delay: 0 }).toEqual({
    what,
    broken: [],
    pwned: false,
    elements: [],
    links: [],
    controls: false,
    delay: 0,
  });
  expect(seen.delay, `${what}: the page answers a click within a second`).toBeLessThan(1000);
}

test('there are 300 of them', () => {
  expect(new Set(PAYLOADS).size).toBe(300);
});

for (const size of SIZES) {
  test(`in pieces of ${size === 0 ? 'a whole reply' : size}: nothing runs, nothing is asked elsewhere`, async () => {
    await page.goto(`${lab.url}/chat`);
    for (let batch = 0; batch * BATCH < PAYLOADS.length; batch += 1) {
      const text = PAYLOADS.slice(batch * BATCH, (batch + 1) * BATCH).join('\n\n');
      await hear(`s${size}-${batch}`, batch, text, size);
      await checked(`size ${size}, batch ${batch}`);
    }
    // Loaded anew, all at once, from the database.
    await page.reload();
    await expect(page.getByTestId('reply-metrics').nth(5)).toBeVisible();
    await checked(`size ${size}, stored`);
  });
}

test('what is made to hold the page up does not', async () => {
  await page.goto(`${lab.url}/chat`);
  for (const [index, text] of heavyPayloads().entries()) {
    await hear(`heavy-${index}`, index, text, 997);
    await checked(`heavy ${index}`);
  }
});

test('a link tells its true host, and asks before it leads away', async () => {
  await page.goto(`${lab.url}/chat`);
  await hear(
    'link',
    0,
    '[https://bank.example](https://bank.example@evil.example/x) and ![p](https://evil.example/p.png)',
    0,
  );
  const reply = page.getByTestId('reply').first();
  await expect(reply).toContainText('https://bank.example (evil.example)');
  await expect(reply).toContainText('Image: p (evil.example)');
  await reply.getByRole('link', { name: 'https://bank.example' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Leave for evil.example?');
  await expect(dialog).toContainText('https://evil.example/x');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  expect(broken).toEqual([]);
});
