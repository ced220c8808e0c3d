/** Small Next apps to compare with: built once for this Next, standalone, and kept in the cache. */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../support/lab.ts';
import { startHelper, type Helper } from './helper.ts';
import { told, TOOLS } from './tools.ts';

const LAYOUT =
  'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }';
const EMPTY = {
  'app/layout.jsx': LAYOUT,
  'app/page.jsx': 'export default function Page() { return <h1>Empty</h1>; }',
};

/** What a route of Next does when it passes a model's reply on. */
const ROUTE = `
export const dynamic = 'force-dynamic';
export async function POST(request) {
  const reply = await fetch(process.env.UPSTREAM + '/v1/chat/completions', {
    method: 'POST',
    cache: 'no-store',
    signal: request.signal,
    headers: { 'content-type': 'application/json', authorization: request.headers.get('authorization') },
    body: await request.text(),
  });
  return new Response(reply.body, {
    status: reply.status,
    headers: { 'content-type': reply.headers.get('content-type') },
  });
}
`;

/** The folder of a standalone build: `server.js`, `.next`. */
export const emptyApp = () => build('empty', EMPTY);
export const relayApp = () => build('relay', { ...EMPTY, 'app/v1/chat/completions/route.js': ROUTE });

export function startNext(folder: string, port: number, env: Record<string, string> = {}): Helper {
  return startHelper(process.execPath, [join(folder, 'server.js')], {
    PORT: String(port),
    HOSTNAME: '127.0.0.1',
    // Past the pauses of the bench, so that no kept connection ends just as it is used.
    KEEP_ALIVE_TIMEOUT: '65000',
    ...env,
  });
}

/** Built within the project's folder, so that Next finds this project's Next and React. */
function build(name: string, files: Record<string, string>): string {
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'node_modules', 'next', 'package.json'), 'utf8'))).version;
  const mark = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 8);
  const kept = join(TOOLS, `next-${name}-${version}-${mark}`);
  if (existsSync(join(kept, 'server.js'))) return kept;
  const folder = join(ROOT, 'e2e', '.out', `next-${name}`);
  rmSync(folder, { recursive: true, force: true });
  const all = {
    'package.json': '{ "type": "module" }',
    'next.config.mjs': `export default { output: 'standalone', turbopack: { root: ${JSON.stringify(ROOT)} }, outputFileTracingRoot: ${JSON.stringify(ROOT)} };`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const next = join(ROOT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  told(process.execPath, [next, 'build'], folder, env);
  // The tree that was traced has this project's root as its own: the app lies below it, its modules beside.
  const standalone = join(folder, '.next', 'standalone');
  const app = join(standalone, 'e2e', '.out', `next-${name}`);
  const staging = `${kept}.${process.pid}`;
  rmSync(staging, { recursive: true, force: true });
  cpSync(app, staging, { recursive: true });
  cpSync(join(standalone, 'node_modules'), join(staging, 'node_modules'), { recursive: true });
  cpSync(join(folder, '.next', 'static'), join(staging, '.next', 'static'), { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  rmSync(kept, { recursive: true, force: true });
  renameSync(staging, kept);
  return kept;
}
