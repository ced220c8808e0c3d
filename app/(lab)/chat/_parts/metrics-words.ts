/** What is told under a reply, in people's units; what was not measured is left out. */
import { formatDuration, formatSpeed, formatTokens } from '../../../../server/schemas/format.ts';
import type { ChatMessage } from '../../../_lib/wire.ts';

export function metricFacts({ metrics, model, state }: ChatMessage): string[] {
  const facts: string[] = [];
  if (state === 'stopped') facts.push('Stopped early');
  if (metrics !== null) {
    const { tokensPerSecond, ttftMs, completionTokens, durationMs } = metrics;
    if (tokensPerSecond !== null) facts.push(formatSpeed(tokensPerSecond));
    if (ttftMs !== null) facts.push(`first token after ${formatDuration(ttftMs)}`);
    const length = formatDuration(durationMs);
    facts.push(completionTokens === null ? length : `${formatTokens(completionTokens)} in ${length}`);
  }
  if (model !== null) facts.push(model);
  return facts;
}
