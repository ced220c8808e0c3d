/** The README's picture in both themes, of the real product with the real starter model: `node e2e/docs/screenshot.ts`, after a build. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withBrowser } from '../support/browser.ts';
import { requireBuild, ROOT, startLab } from '../support/lab.ts';
import { freshLink } from '../support/login.ts';
import { bringUp } from '../support/model.ts';
import { seededHome } from '../support/seed.ts';

const QUESTIONS = ['Hello', 'What is a kettle for? Answer in two sentences.'];

requireBuild();
const seeded = await seededHome();
const lab = await startLab({ home: seeded.home });
try {
  await bringUp(lab);
  await withBrowser({}, async (browser) => {
    mkdirSync(join(ROOT, 'docs'), { recursive: true });
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: { width: 1200, height: 750 }, colorScheme });
      const page = await context.newPage();
      await page.goto(await freshLink(lab));
      await page.waitForURL(`${lab.url}/`);
      await page.goto(`${lab.url}/chat`);
      for (const [index, question] of QUESTIONS.entries()) {
        await page.getByTestId('chat-input').fill(question);
        await page.keyboard.press('Enter');
        await page.getByTestId('reply-metrics').nth(index).waitFor({ timeout: 120_000 });
      }
      await page.goto(lab.url);
      await page.getByRole('heading').first().waitFor();
      await page.waitForTimeout(3000);
      await page.screenshot({ path: join(ROOT, 'docs', `overview-${colorScheme}.png`) });
      await context.close();
    }
  });
} finally {
  await lab.stop();
  await seeded.remove();
}
