/** T13: a crowd at the status page. Its listener has its own limits, so the dashboard goes on as before. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextFreePort } from '../../server/lib/ports.ts';
import { ask } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** More than the listener's 1,024. */
const CROWD = 1200;
/** More than the 1,500 that it answers at once, with what it refills meanwhile. */
const REQUESTS = 6000;
const AT_ONCE = 60;
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

async function flood(port: number, path: string): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let left = REQUESTS;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const status = await ask(port, { path }).then(
        (answer) => answer.status,
        () => 0,
      );
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
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
  const port = (await nextFreePort(23_950 + (process.pid % 40))) ?? 0;
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
    if ((counts.get(200) ?? 0) === 0)
      throw new Error(`the flood was not answered: ${JSON.stringify([...counts])}`);
    mustHold(
      (counts.get(503) ?? 0) > 0,
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
