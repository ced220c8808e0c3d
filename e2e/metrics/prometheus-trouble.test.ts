/** Charts over a Prometheus that is gone, slow, or no Prometheus: told, never waited for, and over when it is over. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCharts } from '../../server/services/charts/charts.ts';
import type { LedgerSeries } from '../../server/services/charts/from-ledger.ts';
import { fromLedger } from '../../server/services/charts/from-ledger.ts';

let server: Server;
let port: number;
let answer: RequestListener;
let clock: number;
let asked: number;

const matrix = (result: unknown[]) =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

/** The start of a server and a counter that stands at 3 requests since the minute before. */
const good: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '/', 'http://x');
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(url.searchParams.get(name)));
  const times: number[] = [];
  for (let at = start ?? 0; at <= (end ?? 0); at += step ?? 1) times.push(at);
  const series = (name: string, value: (at: number) => number, labels = {}) => ({
    metric: { __name__: name, job: 'ailab-web', ...labels },
    values: times.map((at) => [at, String(value(at))]),
  });
  const ours = url.searchParams.get('query')?.includes('ailab_requests_total') === true;
  response.end(
    matrix(
      ours
        ? [
            series('ailab_server_start_time_seconds', () => 1),
            series('ailab_requests_total', (at) => (at >= clock / 1000 - 60 ? 3 : 0), {
              model: 'm',
              outcome: 'ok',
            }),
          ]
        : [],
    ),
  );
};

beforeEach(async () => {
  asked = 0;
  clock = Date.now();
  answer = good;
  server = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const charts = () =>
  createCharts({
    instance: 'ai-lab',
    prometheus: () => ({ baseUrl: `http://127.0.0.1:${port}`, authorization: 'Basic x' }),
    ledger: (range, now): LedgerSeries => fromLedger(range, now, []),
    now: () => clock,
  });
type Charts = ReturnType<typeof charts>;
const RANGE = { range: '15m' } as const;

/** As the page does: an answer that isn't there yet is asked for again. */
async function settled(of: Charts) {
  for (;;) {
    const series = await of.series(RANGE);
    if (!series.pending) return series;
    await sleep(20);
  }
}

it.each([
  [
    'stopped',
    () => {
      answer = (request) => request.socket.destroy();
    },
  ],
  [
    'answering garbage',
    () => {
      answer = (_, response) => response.end('<html>not what you think</html>');
    },
  ],
  [
    'answering another shape',
    () => {
      answer = (_, response) =>
        response.end('{"status":"success","data":{"resultType":"matrix","result":[{}]}}');
    },
  ],
  [
    'refusing',
    () => {
      answer = (_, response) => {
        response.statusCode = 401;
        response.end('Unauthorized');
      };
    },
  ],
])(
  '%s: the last numbers stay, with the time since when there are none, and it recovers',
  async (_, break_) => {
    const both = charts();
    expect(await settled(both)).toMatchObject({
      source: 'prometheus',
      trouble: null,
      totals: { requests: 3 },
    });
    const lastGood = clock;
    break_();
    clock += 10_000;
    await settled(both);
    const away = await settled(both);
    expect(away.totals.requests).toBe(3);
    expect(away.trouble).toMatchObject({ code: 'prometheus_unavailable', since: lastGood });
    answer = good;
    clock += 10_000;
    await settled(both);
    expect((await settled(both)).trouble).toBeNull();
  },
);

it('slow: nobody waits for it, and one who waits is enough for all viewers', async () => {
  let release: (() => void) | undefined;
  answer = (request, response) => {
    const before = release;
    release = () => {
      before?.();
      good(request, response);
    };
  };
  const both = charts();
  const begun = performance.now();
  const answers = await Promise.all(Array.from({ length: 20 }, () => both.series(RANGE)));
  // Patience is 80 ms; a loaded machine gets some more.
  expect(performance.now() - begun).toBeLessThan(500);
  expect(answers.every(({ pending }) => pending)).toBe(true);
  expect(asked).toBe(2);
  release?.();
  expect(await settled(both)).toMatchObject({ trouble: null, totals: { requests: 3 } });
  expect((await both.series({ ...RANGE, source: 'ledger' })).source).toBe('ledger');
});

it('without end: it is given up, not kept in memory', async () => {
  answer = (_, response) => {
    const chunk = 'x'.repeat(1024 * 1024);
    const write = () => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  };
  const both = charts();
  const series = await settled(both);
  expect(series.trouble?.message ?? (await settled(both)).trouble?.message).toContain('no end');
});
