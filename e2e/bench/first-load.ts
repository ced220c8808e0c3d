/** The script that a page needs before it lives, gzipped, against that of an empty app of the same Next and React. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { formatBytes } from '../../server/schemas/format.ts';
import { ask } from '../support/http.ts';
import { ROOT, type Lab } from '../support/lab.ts';
import { login } from '../support/login.ts';
import type { Row } from './stats.ts';

const AT_MOST = 1.5;

export async function firstLoad(lab: Lab): Promise<Row[]> {
  const { cookie } = await login(lab);
  const html = await ask(lab.port, { path: '/', headers: { cookie } });
  const ours = await sizeOf(html.body, async (path) => {
    const script = await ask(lab.port, { path });
    return Buffer.from(script.body);
  });
  const empty = await emptyApp();
  const ratio = ours / empty;
  return [
    { what: 'first-load script of an empty Next app, gzip', figure: formatBytes(empty) },
    {
      what: 'first-load script of the Overview, gzip',
      figure: `${formatBytes(ours)}, ${ratio.toFixed(2)}×`,
      goal: `≤ ${AT_MOST}×`,
      met: ratio <= AT_MOST,
    },
  ];
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

/** Built within the project's folder, so that Next finds this project's Next and React. */
async function emptyApp(): Promise<number> {
  const folder = join(ROOT, 'e2e', '.out', 'empty-next');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'app'), { recursive: true });
  const files = {
    'package.json': '{ "type": "module" }',
    'next.config.mjs': `export default { turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} };`,
    'app/layout.jsx':
      'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }',
    'app/page.jsx': 'export default function Page() { return <h1>Empty</h1>; }',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const next = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const built = spawnSync(process.execPath, [next, 'build'], { cwd: folder, encoding: 'utf8', env });
  if (built.status !== 0)
    throw new Error(`the empty app could not be built: ${`${built.stdout}${built.stderr}`.slice(-800)}`);
  const out = join(folder, '.next');
  const html = readFileSync(join(out, 'server', 'app', 'index.html'), 'utf8');
  const bytes = await sizeOf(html, (path) =>
    Promise.resolve(readFileSync(join(out, path.replace('/_next/', '')))),
  );
  rmSync(folder, { recursive: true, force: true });
  return bytes;
}
