/** T10: ways round a framework's own routing. The gate stands before it, and every procedure asks again. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { seedCanaries, type Canaries } from '../support/canary.ts';
import { ask, bodyOf, sendRaw, statusOf } from '../support/http.ts';
import { ROOT, type Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import { fuzzCases, type FuzzCase } from './fuzz-paths.ts';
import type { Row } from './row.ts';

const COUNT = 2000;
const SEED = 20_261_122;
const AT_ONCE = 8;
const STATIC = join(ROOT, 'dist', 'next', '.next', 'static');

function bytesOf({ method, target, headers, body }: FuzzCase, port: number): Buffer {
  const lines = [
    ['host', `localhost:${port}`],
    ...headers,
    ['connection', 'close'],
    ...(body === '' ? [] : [['content-length', String(body.length)]]),
  ].map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(`${[`${method} ${target} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

/** Why an answer of success is no leak: it is one of the few things that everyone may have. */
function isPublic(path: string, body: string): boolean {
  if (path === '/healthz') return body === '{"status":"ok"}' || body === '';
  if (path === '/login') return true;
  if (!path.startsWith('/_next/static/')) return false;
  const file = normalize(join(STATIC, path.slice('/_next/static/'.length)));
  return file.startsWith(STATIC) && existsSync(file) && statSync(file).isFile()
    ? readFileSync(file, 'latin1').startsWith(body)
    : false;
}

function judge(fuzz: FuzzCase, number: number, raw: string, canaries: Canaries): void {
  const status = statusOf(raw);
  const name = `case ${number} of seed ${SEED}: ${fuzz.method} ${JSON.stringify(fuzz.target.slice(0, 200))} ${JSON.stringify(fuzz.headers)}`;
  const canary = canaries.in(raw);
  mustHold(canary === undefined, `${name} gave our data away: ${canary}`);
  if (status >= 200 && status < 300) {
    const path = fuzz.target.replace(/[?#].*$/s, '');
    mustHold(isPublic(path, bodyOf(raw)), `${name} got ${status}: ${bodyOf(raw).slice(0, 160)}`);
  }
  const location = /^location: (.*)$/im.exec(raw)?.[1]?.trim();
  // Next asks for its own parameter on a flight of the login page; nothing else sends anyone anywhere.
  mustHold(
    location === undefined || /^\/login\?_rsc=[\w-]+$/.test(location),
    `${name} was sent on to ${location}`,
  );
  if (status >= 500 && status !== 501 && status !== 505)
    throw new Error(`${name} broke the server: ${raw.slice(0, 300)}`);
}

async function prove(lab: Lab): Promise<void> {
  const canaries = await seedCanaries(lab);
  const cases = fuzzCases(COUNT, SEED, lab.port);
  let next = 0;
  const work = async () => {
    while (next < cases.length) {
      const number = next;
      next += 1;
      const fuzz = cases[number] as FuzzCase;
      judge(fuzz, number, await sendRaw(lab.port, bytesOf(fuzz, lab.port), 3000), canaries);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    next = cases.length;
  }
  const { status } = await ask(lab.port, { path: '/healthz' });
  if (status !== 200) throw new Error(`after ${COUNT} requests the server answers ${status}`);
}

export const t10: Row = {
  id: 'T10',
  describe: `${COUNT} disguised requests without a login get no data`,
  prove,
};
