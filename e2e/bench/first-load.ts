/** The script that a page needs before it lives, gzipped, against that of an empty app of the same Next and React. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '../../server/schemas/format.ts';
import { AT_MOST, firstLoads } from '../support/first-load.ts';
import { ask } from '../support/http.ts';
import { ROOT, startLab } from '../support/lab.ts';
import { login } from '../support/login.ts';
import { emptyApp } from './next-app.ts';
import type { Row } from './stats.ts';

/** Each page as it is served to a browser that is logged in, and an empty app built for it. */
export async function benchFirstLoad(): Promise<Row[]> {
  const empty = await emptySize();
  const rows: Row[] = [{ what: 'first-load script of an empty Next app, gzip', figure: formatBytes(empty) }];
  const paths = [...firstLoads(join(ROOT, 'dist', 'next', '.next')).keys()].filter((path) =>
    /^\/[a-z]*$/.test(path),
  );
  const lab = await startLab();
  try {
    const { cookie } = await login(lab);
    for (const path of paths) {
      const html = await ask(lab.port, { path, headers: { cookie } });
      const ours = await sizeOf(html.body, async (script) =>
        Buffer.from((await ask(lab.port, { path: script })).body),
      );
      const ratio = ours / empty;
      rows.push({
        what: `first-load script of ${path}, gzip`,
        figure: `${formatBytes(ours)}, ${ratio.toFixed(2)}×`,
        goal: `≤ ${AT_MOST}×`,
        met: ratio <= AT_MOST,
      });
    }
    return rows;
  } finally {
    await lab.stop();
  }
}

/** What a browser of today loads: `noModule` is for those of yesterday. */
async function sizeOf(html: string, read: (path: string) => Promise<Buffer>): Promise<number> {
  const tags = [...html.matchAll(/<script[^>]*\ssrc="([^"]+\.js)[^"]*"[^>]*>/g)];
  const paths = new Set(tags.filter(([tag]) => !/nomodule/i.test(tag)).map(([, path = '']) => path));
  if (paths.size === 0) throw new Error('no script was found in the page');
  let bytes = 0;
  for (const path of paths) bytes += gzipSync(await read(path)).length;
  return bytes;
}

async function emptySize(): Promise<number> {
  const out = join(emptyApp(), '.next');
  const html = readFileSync(join(out, 'server', 'app', 'index.html'), 'utf8');
  return await sizeOf(html, (path) => Promise.resolve(readFileSync(join(out, path.replace('/_next/', '')))));
}
