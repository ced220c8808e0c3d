/** A row of the ledger, of a request that was answered. */
import type { LedgerRow } from '../../server/schemas/metrics.ts';

export function rowOf(id: string, startedAt: number = Date.now()): LedgerRow {
  return {
    id,
    startedAt,
    route: '/v1/chat/completions',
    model: 'm',
    caller: 'cli',
    streamed: true,
    status: 200,
    outcome: 'ok',
    errorCode: null,
    ttftMs: 1,
    durationMs: 2,
    promptTokens: 3,
    cachedTokens: 0,
    completionTokens: 4,
    generationMs: 5,
    tokensPerSecond: 6,
    promptMs: null,
    queueMs: null,
    lockSha256: null,
    cost: null,
  };
}
