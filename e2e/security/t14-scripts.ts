/** T14: what a model says becomes text, and links to where links may lead: no script, no element of its own. */
import { scripts } from '../support/hostile-markdown.ts';
import type { Lab } from '../support/lab.ts';
import { withShown } from '../support/shown-replies.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** All that stands in a reply that was drawn: markdown's own, and the buttons and facts around it. */
const TAGS =
  'article div p br hr h1 h2 h3 h4 h5 h6 strong em del blockquote ul ol li a code pre table thead tbody tr th td sup section span bdi button svg path rect circle line polyline polygon g title ul output';

async function prove(lab: Lab): Promise<void> {
  const texts = scripts();
  await withShown(lab, texts, {}, async ({ page, opened, broken }) => {
    const found = await page.evaluate((tags) => {
      const known = new Set(tags.split(' '));
      const replies = [...document.querySelectorAll('[data-testid=reply]')];
      return replies.flatMap((reply, at) =>
        [...reply.querySelectorAll('*')].flatMap((element) => {
          const what = `reply ${at}: ${element.outerHTML.slice(0, 160)}`;
          const name = element.localName;
          const drawn = element.closest('button') !== null || element.closest('svg') !== null;
          const handlers = element.getAttributeNames().filter((attribute) => attribute.startsWith('on'));
          const address = element.getAttribute('href');
          const own =
            address?.startsWith('/requests?id=') === true || /^#(user-content-)?fn/.test(address ?? '');
          const outside =
            address === null ||
            own ||
            (/^(https?:\/\/|mailto:)/.test(address) && element.getAttribute('rel') === 'noopener noreferrer');
          const strange =
            !known.has(name) ||
            (!drawn && ['svg', 'path'].includes(name)) ||
            element.hasAttribute('srcdoc') ||
            element.hasAttribute('src');
          return strange || handlers.length > 0 || !outside ? [what] : [];
        }),
      );
    }, TAGS);
    mustHold(
      found.length === 0,
      `a reply has put into the page ${found.slice(0, 3).join(' and ')} (${found.length} in all)`,
    );
    const links = page.getByTestId('reply').locator('a');
    for (let at = 0, count = Math.min(await links.count(), 5); at < count; at += 1)
      await links.nth(at).hover();
    mustHold((await page.evaluate(() => window.pwned)) === undefined, 'a script of a reply has run');
    mustHold(opened.length === 0, `a reply has opened ${opened.join(', ')}`);
    const held = await broken();
    mustHold(
      held.length === 0,
      `only the policy of the page has held a reply back: ${held.slice(0, 3).join(', ')}`,
    );
  });
}

export const t14: Row = {
  id: 'T14',
  describe: `${scripts().length} hostile replies put no script, element or address of theirs into the page`,
  prove,
};
