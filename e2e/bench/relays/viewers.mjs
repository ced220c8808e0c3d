/**
 * Many live viewers in one process: `node viewers.mjs <port> <path> <count> <bearer> [<polled path>,… <every ms>]`.
 * Says `live` when each has its snapshot. From the line `go` on it notes, for each event that tells of a request,
 * how long after that request's end it came; SIGTERM ends it with the figures as JSON.
 */
import { Agent, request } from 'node:http';

const [port, path, count, bearer, polled = '', every = '0'] = process.argv.slice(2);
const headers = { host: `localhost:${port}`, authorization: `Bearer ${bearer}` };
const epoch = () => performance.timeOrigin + performance.now();
const waits = [];
let live = 0;
let noting = false;

for (let n = 0; n < Number(count); n += 1) watch();
process.stdin.once('data', () => (noting = true));
process.on('SIGTERM', () => {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? null;
  const figures = { messages: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? null };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
});

function watch() {
  const call = request({
    host: '127.0.0.1',
    port,
    path,
    agent: false,
    headers: { ...headers, accept: 'text/event-stream' },
  });
  call.once('response', (response) => {
    if (response.statusCode !== 200) throw new Error(`the stream answered ${response.statusCode}`);
    let rest = '';
    let told = false;
    response.on('data', (chunk) => {
      const now = epoch();
      const events = (rest + chunk.toString('utf8')).split('\n\n');
      rest = events.pop() ?? '';
      if (!told && events.some((event) => event.includes('"type":"snapshot"'))) {
        told = true;
        arrived();
      }
      if (noting) for (const event of events) note(event, now);
    });
  });
  call.end();
}

function arrived() {
  live += 1;
  if (live !== Number(count)) return;
  process.stdout.write('live\n');
  poll();
}

function note(event, now) {
  if (!event.includes('"type":"request"')) return;
  const from = /"startedAt":([\d.]+)/.exec(event)?.[1];
  const took = /"durationMs":([\d.]+)/.exec(event)?.[1];
  waits.push(now - Number(from) - Number(took));
}

/** What the pages of so many dashboards ask for by themselves, spread over the interval. */
function poll() {
  if (polled === '') return;
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const paths = polled.split(',');
  let turn = 0;
  setInterval(
    () => {
      request({ host: '127.0.0.1', port, path: paths[turn++ % paths.length], agent, headers }, (response) =>
        response.resume(),
      )
        .on('error', () => undefined)
        .end();
    },
    Number(every) / Number(count) / paths.length,
  );
}
