/**
 * Loaded into the built server by `--import`: tells how late its event loop is, on a socket of its own. `/start` begins
 * to look, `/read` ends it and answers the milliseconds beyond the interval of looking. Nothing runs until it is asked.
 */
import { createServer } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const EVERY_MS = 10;
const path = process.env.AILAB_BENCH_LAG;
if (path !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
  const late = (q) => Math.max(0, delay.percentile(q) / 1e6 - EVERY_MS);
  createServer((request, response) => {
    if (request.url === '/start') {
      delay.reset();
      delay.enable();
      response.end();
      return;
    }
    delay.disable();
    response.end(JSON.stringify({ p50: late(50), p99: late(99), max: late(100), looks: delay.count }));
  })
    .listen(path)
    .unref();
}
