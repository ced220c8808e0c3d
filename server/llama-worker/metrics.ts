/** `/metrics` with llama-server's names; its two gauges that reset at every scrape are left out on purpose. */
import type { Tally } from './engine.ts';
import type { Queue } from './queue.ts';

export interface Metrics {
  /** Counts the prompt as soon as it is evaluated, as llama-server does. */
  promptDone(tally: Tally): void;
  /** Counts the generation when the request ends, however it ends. */
  ended(tally: Tally): void;
  text(queue: Pick<Queue, 'processing' | 'deferred'>): string;
}

export function createMetrics(): Metrics {
  let promptTokens = 0;
  let cachedTokens = 0;
  let promptMs = 0;
  let generated = 0;
  let generatedMs = 0;
  let decodes = 0;
  let longest = 0;
  return {
    promptDone(tally) {
      promptTokens += tally.promptTokens - tally.cached;
      cachedTokens += tally.cached;
      promptMs += tally.promptMs;
    },
    ended(tally) {
      generated += tally.generated;
      generatedMs += tally.generatedMs;
      decodes += tally.decodes;
      longest = Math.max(longest, tally.promptTokens + tally.generated);
    },
    text({ processing, deferred }) {
      return [
        series(
          'prompt_tokens_total',
          'counter',
          'Number of prompt tokens processed, excluding cached tokens',
          promptTokens,
        ),
        series(
          'prompt_tokens_cached_total',
          'counter',
          'Number of prompt tokens reused from the cache',
          cachedTokens,
        ),
        series('prompt_seconds_total', 'counter', 'Total time spent processing prompts', promptMs / 1000),
        series('tokens_predicted_total', 'counter', 'Number of generation tokens processed', generated),
        series(
          'tokens_predicted_seconds_total',
          'counter',
          'Total time spent generating tokens',
          generatedMs / 1000,
        ),
        series('n_decode_total', 'counter', 'Total number of llama_decode() calls', decodes),
        series('n_tokens_max', 'counter', 'Largest observed sequence length (prompt + generation)', longest),
        series('requests_processing', 'gauge', 'Number of requests processing', processing),
        series('requests_deferred', 'gauge', 'Number of requests deferred', deferred),
      ].join('');
    },
  };
}

function series(name: string, type: 'counter' | 'gauge', help: string, value: number): string {
  return `# HELP llamacpp:${name} ${help}\n# TYPE llamacpp:${name} ${type}\nllamacpp:${name} ${value}\n`;
}
