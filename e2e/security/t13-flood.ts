/** T13: a crowd at the status page. Its listener has its own limits, so the dashboard goes on as before. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ask, sendRaw } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** More than the listener's 1,024. */
const CROWD = 1200;
/** More than the 1,500 that it answers at once, with what it refills meanwhile. */
const REQUESTS = 6000;
const AT_ONCE = 10;
/** The dashboard under attack; generous, because the machine that attacks is the same. */
const PATIENCE_MS = 5000;

/** Connections that say nothing; how many of them are still open after a moment. */
async function crowd(port: number, sockets: Socket[]): Promise<number> {
  for (let at = 0; at < CROWD; at += 1) {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => undefined);
    sockets.push(socket);
    if (at % 100 === 99) await sleep(20);
  }
  await sleep(1000);
  return sockets.filter((socket) => !socket.destroyed && socket.readyState === 'open').length;
}

/** Many requests in one write, on several connections: as fast as a network can bring them. Statuses, counted. */
async function flood(port: number, path: string): Promise<Map<string, number>> {
  const request = `HEAD ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`;
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, () => sendRaw(port, request.repeat(REQUESTS / AT_ONCE), 3000)),
  );
  const counts = new Map<string, number>();
  for (const [, status = ''] of answers.join('').matchAll(/HTTP\/1\.1 (\d{3})/g))
    counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}

async function proveUnmoved(lab: Lab, when: string): Promise<void> {
  const begun = performance.now();
  const { status } = await ask(lab.port, { path: '/healthz' });
  const took = performance.now() - begun;
  mustHold(
    status === 200 && took < PATIENCE_MS,
    `the dashboard answers ${status} after ${Math.round(took)} ms ${when}`,
  );
}

async function prove(lab: Lab): Promise<void> {
  const { share } = lab.api();
  const port = await anyFreePort();
  const made = await share.create.mutate({ lan: true, lanPort: port });
  const { pathname } = new URL(made.urls[0] ?? '');
  const sockets: Socket[] = [];
  try {
    if ((await ask(port, { path: pathname })).status !== 200) throw new Error('the share does not answer');
    const open = await crowd(port, sockets);
    mustHold(open <= 1024, `${open} silent connections are held open`);
    if (open < 500) throw new Error(`only ${open} connections could be made`);
    await proveUnmoved(lab, 'beside a silent crowd');
    for (const socket of sockets) socket.destroy();
    await sleep(100);
    const flooding = flood(port, `${pathname}/badge.svg`);
    await sleep(200);
    await proveUnmoved(lab, 'beside a flood');
    const counts = await flooding;
    if ((counts.get('200') ?? 0) === 0)
      throw new Error(`the flood was not answered: ${JSON.stringify([...counts])}`);
    mustHold(
      (counts.get('503') ?? 0) > 0,
      `all of ${REQUESTS} requests at once are answered: ${JSON.stringify([...counts])}`,
    );
    await proveUnmoved(lab, 'after a flood');
  } finally {
    for (const socket of sockets) socket.destroy();
    await share.revoke.mutate({ id: made.id });
  }
}

export const t13: Row = {
  id: 'T13',
  describe: 'a crowd and a flood at the share’s port meet its limits, and the dashboard answers on',
  prove,
  parts: ['T13.crowd', 'T13.flood'],
};
