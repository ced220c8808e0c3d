/**
 * The supervisor: a small detached process that is the model server's parent and outlives whoever started it. It is
 * given its start request on stdin and the mark of its home in argv; SIGTERM ends the model server and then it.
 */
import { text } from 'node:stream/consumers';
import { locateHome } from '../lib/home.ts';
import { isAlive } from '../lib/process-identity.ts';
import { readRecord } from '../resources/embedded-runtime/record.ts';
import { startRequest } from '../resources/embedded-runtime/request.ts';
import { slotOf } from '../resources/embedded-runtime/slot.ts';
import { supervise } from './supervise.ts';

const say = (message: string) => void process.stderr.write(`${new Date().toISOString()} ${message}\n`);

// A full disk or a closed pipe behind our own output must not end us, nor Ctrl-C in the terminal we came from.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const request = startRequest.parse(JSON.parse(await text(process.stdin)));
const home = locateHome(request.home);
const slot = slotOf(home, request.role);
const known = readRecord(slot.record);
if (known.kind === 'record' && isAlive(known.record.supervisor)) {
  say(
    `Another supervisor (pid ${known.record.supervisor.pid}) already looks after ${slot.name} of ${home.root}.`,
  );
  process.exit(3);
}
const supervision = supervise(request, slot);
process.on('SIGTERM', () => supervision.stop());
process.on('uncaughtException', (error) => {
  say(error.stack ?? error.message);
  supervision.stop();
});
say(`Looking after ${request.launch.kind} on port ${request.facts.port}.`);
const outcome = await supervision.ended;
say(`Ended: ${outcome}.`);
process.exit(outcome === 'stopped' ? 0 : 1);
