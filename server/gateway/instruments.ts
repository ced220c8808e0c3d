/** `/metrics`: the ledger's sums in Prometheus' text format 0.0.4. Counters since this server was started. */
import type { ServerResponse } from 'node:http';
import type { Ledger, LedgerSums } from '../services/ledger.ts';
import { VERSION } from '../lib/version.ts';

export function writeInstruments(response: ServerResponse, ledger: Pick<Ledger, 'sums'>): void {
  response.setHeader('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
  response.end(formatInstruments(ledger.sums()));
}

export function formatInstruments(sums: readonly LedgerSums[]): string {
  const family = (name: string, help: string, value: (sum: LedgerSums) => number) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...sums.map((sum) => `${name}{model="${escapeLabel(sum.model)}",outcome="${sum.outcome}"} ${value(sum)}`),
  ];
  return [
    '# HELP ailab_build_info The version of ailab-web; always 1.',
    '# TYPE ailab_build_info gauge',
    `ailab_build_info{version="${escapeLabel(VERSION)}"} 1`,
    ...family('ailab_requests_total', 'Requests that ended.', (sum) => sum.requests),
    ...family(
      'ailab_request_duration_seconds_total',
      'Time from arrival to end.',
      (sum) => sum.durationMs / 1000,
    ),
    ...family('ailab_prompt_tokens_total', 'Prompt tokens, cached ones included.', (sum) => sum.promptTokens),
    ...family('ailab_cached_tokens_total', 'Prompt tokens taken from the cache.', (sum) => sum.cachedTokens),
    ...family('ailab_completion_tokens_total', 'Generated tokens.', (sum) => sum.completionTokens),
    '',
  ].join('\n');
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
