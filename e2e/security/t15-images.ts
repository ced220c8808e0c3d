/** T15: a reply that makes the page ask another server tells it what was said. Nothing is asked without a click. */
import { setTimeout as sleep } from 'node:timers/promises';
import { leaks } from '../support/hostile-markdown.ts';
import type { Lab } from '../support/lab.ts';
import { withShown } from '../support/shown-replies.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** Requests that a browser makes a moment later: prefetch, icons, fonts. */
const SETTLE_MS = 700;

async function prove(lab: Lab): Promise<void> {
  const sink = await strangerServing();
  try {
    const texts = leaks(`http://sink.example:${sink.port}`);
    await withShown(lab, texts, { 'sink.example': sink.port }, async ({ page, strangers }) => {
      await page.mouse.wheel(0, -20_000);
      await sleep(SETTLE_MS);
      mustHold(
        sink.visits.length === 0,
        `a reply has made the page ask another server: ${sink.visits[0]?.target}`,
      );
      mustHold(strangers.length === 0, `a reply has made the page ask ${strangers.slice(0, 3).join(', ')}`);
      // The way in works: a page that is asked for by hand gets there.
      await page.goto(`http://sink.example:${sink.port}/by-hand`);
      if (sink.visits.length === 0) throw new Error('the sink can not be reached from the browser at all');
    });
  } finally {
    await sink.close();
  }
}

export const t15: Row = {
  id: 'T15',
  describe: `${leaks('').length} replies with pictures, styles and frames make the page ask no other server`,
  prove,
};
