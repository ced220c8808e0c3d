/** Where the words of a failure are found: how it ended, what the service wrote, what the error said. Part of the composition root. */
import type { Lines } from '../explain/rule.ts';
import { causeChain } from '../lib/log.ts';
import { START_MARK } from '../resources/embedded-runtime/request.ts';
import type { StatusItem } from '../schemas/lab.ts';
import type { LogLine } from '../schemas/logs.ts';
import type { Engine } from './contract.ts';

const TAIL = 400;

/** The message of an error and of what caused it, a line each. */
export function errorLines(error: unknown): Lines {
  const lines = causeChain(error).split(/\n| ← | \/ /);
  return { source: 'the error itself', service: null, lines };
}

/** How a service ended, and what it wrote in its last life. A log that can't be read is no reason to fail. */
export async function serviceLines(
  item: StatusItem,
  logs: Pick<Engine['logs'], 'read'>,
  signal: AbortSignal,
): Promise<Lines[]> {
  const service = item.domain === 'process' ? 'model' : item.name;
  const ended = item.meta['exit_reason'] ?? item.meta['last_exit'];
  const end = typeof ended === 'string' ? [{ source: 'how it ended', service, lines: [ended] }] : [];
  // One that Docker has started again meanwhile failed in the life before.
  const again = item.health === 'starting' && Number(item.meta['restarts'] ?? 0) > 0;
  const since = item.domain === 'service' && !again ? item.meta['started_at'] : null;
  const lines = await lastLife(service, logs, typeof since === 'number' ? since : null, signal).catch(
    () => [],
  );
  const source = item.domain === 'process' ? 'runtime.log' : `the log of ${service}`;
  return [{ source, service, lines }, ...end];
}

async function lastLife(
  service: string,
  logs: Pick<Engine['logs'], 'read'>,
  since: number | null,
  signal: AbortSignal,
): Promise<string[]> {
  const lines: LogLine[] = [];
  for await (const batch of logs.read({ service, tail: TAIL, follow: false }, signal)) lines.push(...batch);
  const own = lines.filter(({ time }) => since === null || time === null || Date.parse(time) >= since);
  return own.slice(own.findLastIndex(({ text }) => text.includes(START_MARK)) + 1).map(({ text }) => text);
}
