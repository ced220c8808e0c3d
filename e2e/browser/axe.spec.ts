import { expect, test, type Browser, type Page } from '@playwright/test';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';

/** Every page against WCAG 2.2 AA, in both themes, wide and on a phone. The pages are those of the rail, and what is beside it. */
test.describe.configure({ mode: 'serial' });
// A trace would record the whole page for each of a hundred runs.
test.use({ trace: 'off' });

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const ALL = { type: 'tag', values: TAGS } as const;
/** What else than these could hang on the theme? Everything is looked at in one theme at each width. */
const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } as const;
const LOOKS = [
  { width: 1280, colorScheme: 'light', rules: ALL },
  { width: 1280, colorScheme: 'dark', rules: COLOURS },
  { width: 390, colorScheme: 'dark', rules: ALL },
  { width: 390, colorScheme: 'light', rules: COLOURS },
] as const;

const required = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'));
const AXE = readFileSync(required.resolve('axe-core/axe.min.js'), 'utf8');

let model: StandIn;
let lab: Lab;
let page: Page;

/** Without motion: a colour in the middle of a transition is no colour of ours. */
async function visit(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  await context.addInitScript(AXE);
  const fresh = await context.newPage();
  await fresh.goto(url);
  return fresh;
}

test.beforeAll(async ({ browser }) => {
  model = await standInModel();
  lab = await startLab({ env: model.env, config: model.config });
  page = await visit(browser, lab.link);
  await page.waitForURL(`${lab.url}/`);
});
test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
});

interface Found {
  id: string;
  help: string;
  nodes: { html: string }[];
}

/** The axe of @axe-core/playwright, without its builder: that hands over the whole source and all that passed each time. */
async function violations(on: Page, rules: typeof ALL | typeof COLOURS = ALL): Promise<string[]> {
  const found = await on.evaluate(async (runOnly) => {
    // A colour in the middle of a change is no colour of ours.
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.allSettled(document.getAnimations().map(({ finished }) => finished));
    const { axe } = window as unknown as {
      axe: { run(node: Node, options: object): Promise<{ violations: Found[] }> };
    };
    const { violations } = await axe.run(document, {
      runOnly,
      resultTypes: ['violations'],
    });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html }) => ({ html })),
    }));
  }, rules);
  return found.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html }) => html).join(' ')}`);
}

/** What is on the page now, in all looks; `name` is told with what is found. */
async function clean(name: string, on = page): Promise<void> {
  await expect(on.getByText(/^Loading /)).toHaveCount(0);
  for (const { width, colorScheme, rules } of LOOKS) {
    await on.setViewportSize({ width, height: 900 });
    await on.emulateMedia({ colorScheme });
    expect.soft(await violations(on, rules), `${name}, ${colorScheme}, ${width} px`).toEqual([]);
  }
  await on.setViewportSize({ width: 1280, height: 900 });
}

test('the login page, the first run, and a page that is not there', async ({ browser }) => {
  const stranger = await visit(browser, lab.url);
  await expect(stranger.getByTestId('logged-out')).toBeVisible();
  await clean('login', stranger);
  await stranger.context().close();

  const empty = await startLab();
  const first = await visit(browser, empty.link);
  await expect(first.getByTestId('found').getByText('Processor', { exact: true })).toBeVisible();
  await clean('first run', first);
  await first.setViewportSize({ width: 360, height: 740 });
  expect.soft(await violations(first), 'first run, 360 px').toEqual([]);
  await first.context().close();
  await empty.stop();

  await page.goto(`${lab.url}/no-such-page`);
  await clean('not found');
});

test('what is wrong is found', async () => {
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('img')));
  expect((await violations(page)).join()).toContain('image-alt');
});

test('the lab up and asked: Overview with its folds open, Chat with a reply', async () => {
  await bringUp(lab);
  await page.goto(lab.url);
  await page.getByTestId('first-ask').click();
  await expect(page.getByTestId('reply-metrics').first()).toContainText('tokens/s');
  await clean('chat with a reply');
  await page.goto(lab.url);
  await page
    .getByRole('button', { name: /^Details of/ })
    .first()
    .click();
  await page.getByTestId('change-engine').click();
  await expect(page.getByTestId('choices')).toBeVisible();
  await clean('Overview, open');
});

test('every page of the rail, and those below them', async () => {
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  const paths = await links.evaluateAll((all) =>
    all.map((one) => new URL((one as HTMLAnchorElement).href).pathname),
  );
  expect(paths.length).toBeGreaterThan(8);
  for (const path of [...paths, '/plan', '/requests', '/hooks/weaviate-ready']) {
    await page.goto(`${lab.url}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    if (path === '/charts') await expect(page.locator('.recharts-surface').first()).toBeVisible();
    await clean(path);
  }
});

test('with a dialog open, and with the palette open', async () => {
  await page.goto(`${lab.url}/models`);
  await page
    .getByRole('button', { name: /^Delete/ })
    .first()
    .click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await clean('a dialog');
  await page.keyboard.press('Escape');
  await page.getByTestId('palette-open').click();
  await expect(page.getByTestId('palette')).toBeVisible();
  await clean('the palette');
});
