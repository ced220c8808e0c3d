import { describe, expect, it } from 'vitest';
import { memoryDb } from '../../testing/caller.ts';
import type { LedgerRow } from '../../schemas/metrics.ts';
import { createLedger } from '../ledger.ts';
import { fromLedger, summarize } from './from-ledger.ts';
import { percentile } from './spread.ts';

const row = (over: Partial<LedgerRow> = {}): LedgerRow => ({
  id: Math.random().toString(36),
  startedAt: 0,
  route: '/v1/chat/completions',
  model: 'm',
  caller: 'cli',
  streamed: true,
  status: 200,
  outcome: 'ok',
  errorCode: null,
  ttftMs: 100,
  durationMs: 1000,
  promptTokens: 10,
  cachedTokens: 4,
  completionTokens: 20,
  generationMs: 500,
  promptMs: 100,
  queueMs: 10,
  lockSha256: null,
  cost: null,
  tokensPerSecond: 40,
  ...over,
});

describe('percentile, by nearest rank', () => {
  it.each([
    [[], 0.5, null],
    [[7], 0.95, 7],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4, 5], 0.5, 3],
    [Array.from({ length: 100 }, (_, at) => at + 1), 0.95, 95],
  ])('of %j at %d is %s', (values, q, expected) => {
    expect(percentile(values, q)).toBe(expected);
  });
});

describe('a summary', () => {
  it('sums tokens of all, and times only what was answered', () => {
    const refused = row({
      outcome: 'error',
      durationMs: 1,
      ttftMs: null,
      completionTokens: null,
      generationMs: null,
      promptTokens: null,
      cachedTokens: null,
    });
    expect(summarize([row(), row({ durationMs: 3000, generationMs: 1500 }), refused])).toEqual({
      requests: 3,
      errors: 1,
      latencyP50: 1000,
      latencyP95: 3000,
      latencyP99: 3000,
      ttftP50: 100,
      ttftP95: 100,
      ttftP99: 100,
      prefillTokensPerSecond: 60,
      tokensPerSecond: 20,
      promptTokens: 20,
      cachedTokens: 8,
      completionTokens: 40,
      electricity: null,
      hardware: null,
      api: null,
    });
  });

  it('of nothing has no latency, not a latency of zero', () => {
    expect(summarize([])).toMatchObject({ requests: 0, latencyP50: null, tokensPerSecond: null });
  });
});

it('puts each row into its bucket, and leaves gaps where nothing was', () => {
  const now = 1_700_000_000_000;
  const series = fromLedger('15m', now, [
    row({ startedAt: now - 1 }),
    row({ startedAt: now - 400_000 }),
    row({ startedAt: now - 9_000_000 }),
  ]);
  expect(series.points).toHaveLength(60);
  expect(series.points.filter((point) => (point.requests ?? 0) > 0)).toHaveLength(2);
  expect(series.totals.requests).toBe(2);
  expect(series.points.find((point) => point.requests === 0)?.latencyP50).toBeNull();
  expect((series.points[0]?.t ?? 1) % 15_000).toBe(0);
});

it('the ledger keeps what it was given, newest first', () => {
  const ledger = createLedger(memoryDb(), () => undefined);
  ledger.record(row({ id: 'a', startedAt: 1 }));
  ledger.record(row({ id: 'b', startedAt: 2, outcome: 'cancelled' }));
  expect(ledger.recent(10).map(({ id }) => id)).toEqual(['b', 'a']);
});
