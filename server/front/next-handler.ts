/** Next as one handler of the front server: its standalone build, loaded in this process. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as StartServerModule from 'next/dist/server/lib/start-server';
import { LabError } from '../lib/errors.ts';
import { staticFiles } from './static-files.ts';

type StartServer = typeof StartServerModule;

/** Headers by which Next talks to itself; from outside they could steer its routing. */
const INTERNAL = /^(x-middleware-|x-invoke-|x-nextjs-|x-matched-path|x-now-|x-vercel-|x-next-)/;

export async function loadNext(folder: string, port: number, server: Server): Promise<RequestListener> {
  const require = createRequire(join(folder, 'server.js'));
  const config: unknown = readConfig(folder);
  Object.assign(process.env, {
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    // Ours are the signals; Next must not end the process under us.
    NEXT_MANUAL_SIG_HANDLE: 'true',
    __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify(config),
  });
  const { getRequestHandlers } = require('next/dist/server/lib/start-server') as StartServer;
  const { requestHandler } = await withoutNextsTalk(() =>
    getRequestHandlers({
      dir: folder,
      port,
      isDev: false,
      onDevServerCleanup: undefined,
      server,
      hostname: 'localhost',
      minimalMode: false,
      quiet: true,
    }),
  );
  const answerStatic = staticFiles(join(folder, '.next', 'static'));
  return (request, response) => {
    if (!answerStatic(request, response)) void requestHandler(request, response);
  };
}

/** Next tells on stdout how long it took to read its config; our first line there is the login link. */
/* oxlint-disable no-console */
async function withoutNextsTalk<T>(work: () => Promise<T>): Promise<T> {
  const { log } = console;
  console.log = () => undefined;
  try {
    return await work();
  } finally {
    console.log = log;
  }
}
/* oxlint-enable no-console */

/** The build writes its resolved config here (and inlines the same into its own server.js). */
function readConfig(folder: string): unknown {
  try {
    const files: unknown = JSON.parse(
      readFileSync(join(folder, '.next', 'required-server-files.json'), 'utf8'),
    );
    if (typeof files === 'object' && files !== null && 'config' in files) return files.config;
    throw new Error('it holds no config');
  } catch (error) {
    throw new LabError({
      code: 'build_missing',
      message: `The dashboard's build in ${folder} is missing or damaged.`,
      fix: 'In a clone run `npm run build`; otherwise install ailab-web again.',
      cause: error,
    });
  }
}

export function prepareForNext(request: IncomingMessage, nonce: string, policy: string): void {
  for (const name of Object.keys(request.headers)) {
    if (INTERNAL.test(name)) delete request.headers[name];
  }
  // Next takes the nonce for its own scripts from the request's policy.
  request.headers['content-security-policy'] = policy;
  request.headers['x-nonce'] = nonce;
}
