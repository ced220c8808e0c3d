/** T11: the status page as a way in. It is read-only, on a port of its own, and nothing stands behind it but the page. */
import { build } from 'esbuild';
import { BUNDLE_OPTIONS } from '../../server/bin/bundle-options.mjs';
import { isPortFree, anyFreePort } from '../../server/lib/ports.ts';
import { ask, sendRaw, statusOf } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { DATA_ROUTES, PAGES, procedures } from '../support/procedures.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const GUESSES = 1500;
const METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'];

const pathOf = (urls: readonly string[]) => new URL(urls[0] ?? '').pathname;

/** What the page is made of holds no way to Docker, to the database, to the router or to a program. */
async function proveAlone(): Promise<void> {
  const { metafile } = await build({
    ...BUNDLE_OPTIONS,
    entryPoints: [
      'server/share/visits.ts',
      'server/share/lan.ts',
      'server/share/page.ts',
      'server/share/viewers.ts',
    ],
    outdir: 'e2e/.out/share-graph',
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs);
  if (inputs.length < 8) throw new Error(`the share is made of ${inputs.join(', ')}`);
  const strange = inputs.filter((path) =>
    /^db\/|^server\/(api|engine|services|resources|hooks)\/|node_modules/.test(path),
  );
  mustHold(strange.length === 0, `the listener for the network brings ${strange.slice(0, 5).join(', ')}`);
}

async function proveReadOnly(port: number, path: string): Promise<void> {
  for (const method of METHODS) {
    for (const target of [path, `${path}/status.json`, '/']) {
      const lines = [
        `${method} ${target} HTTP/1.1`,
        'Host: lab',
        'Content-Length: 0',
        'Connection: close',
        '',
        '',
      ];
      const status = statusOf(await sendRaw(port, lines.join('\r\n')));
      mustHold([405, 400].includes(status), `${method} ${target} of the share got ${status}`);
    }
  }
}

/** Nothing else of the lab, no link of this machine's own, and none that is guessed. */
async function proveNothingElse(port: number, path: string, own: string): Promise<void> {
  const all = [
    own,
    `${own}/status.json`,
    ...PAGES,
    ...procedures().map((procedure) => procedure.path),
    ...DATA_ROUTES.map((route) => route.path),
    '/login',
    '/auth/login',
    '/healthz',
    '/s',
    '/s/',
    '/_next/static/x.js',
    '/../server.json',
    '/.env',
    `${path}/..`,
    `${path}/../..`,
    `${path}/%2e%2e/healthz`,
    `${path}/x`,
    `${path}.json`,
    `//${path}`,
    path.slice(0, -1),
    `${path}A`,
    path.toUpperCase(),
    ...Array.from({ length: GUESSES }, (_, at) => `/s/${at.toString(36).padStart(22, 'A')}`),
  ];
  const asked = new Set(all.filter((one) => one !== path));
  const queue = [...asked];
  const work = async () => {
    for (let target = queue.pop(); target !== undefined; target = queue.pop()) {
      const { status, body } = await ask(port, { path: target });
      mustHold(status === 404, `the network gets ${status} for ${target}: ${body.slice(0, 80)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

async function prove(lab: Lab): Promise<void> {
  await proveAlone();
  const { share } = lab.api();
  const port = await anyFreePort();
  const own = await share.create.mutate({ lan: false });
  mustHold(await isPortFree(port), 'a share for this machine has opened a port for the network');
  const made = await share.create.mutate({ lan: true, lanPort: port });
  const path = pathOf(made.urls);
  try {
    const { status } = await ask(port, { path });
    if (status !== 200) throw new Error(`the share answers ${status}`);
    mustHold(/^\/s\/[\w-]{22}$/.test(path), `the link ${path} is too short to be unguessable`);
    await proveReadOnly(port, path);
    await proveNothingElse(port, path, pathOf(own.urls));
    const brief = pathOf((await share.create.mutate({ lan: true, forMs: 1000 })).urls);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    mustHold((await ask(port, { path: brief })).status === 404, 'a share that has ended still answers');
  } finally {
    for (const { id } of [own, made]) await share.revoke.mutate({ id });
  }
  const { status } = await ask(lab.port, { path });
  mustHold(status === 404, `a share that was revoked answers ${status}`);
}

export const t11: Row = {
  id: 'T11',
  describe:
    'the share’s listener reads only, knows no other route, and ends with the share; the page stands alone',
  prove,
  parts: ['T11.methods', 'T11.network', 'T11.end'],
};
