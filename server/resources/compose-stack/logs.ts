/** Logs of one service, oldest first: the last lines, then, when followed, what comes. */
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { serviceOf } from './actual.ts';
import { connectEngine } from './engine-api.ts';
import { createLogReader, type LogLine } from './log-frames.ts';
import { probe } from './probe.ts';

export interface LogsOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  service: string;
  /** How many of the last lines. */
  tail: number;
  follow: boolean;
  signal: AbortSignal;
}

/** Ends when the container does, or with the signal. Throws `service_not_running` when there is no container. */
export async function* readLogs(options: LogsOptions): AsyncGenerator<LogLine> {
  const { home, env, service, tail, follow, signal } = options;
  const engine = await connectEngine(env, signal);
  const found = await probe(engine, home.project, null, signal);
  const container = found
    .map((entry) => entry.container)
    .find((entry) => serviceOf(entry.Config.Labels) === service);
  if (container === undefined) throw notThere(service);
  const stream = await engine.logs(container.Id, { follow, tail }, signal);
  const reader = createLogReader(service, container.Config.Tty === true);
  try {
    for await (const chunk of stream) yield* reader.feed(chunk as Buffer);
    yield* reader.end();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stream.destroy();
  }
}

function notThere(service: string): LabError {
  return new LabError({
    code: 'service_not_running',
    message: `The service ${service} has no container, so there are no logs of it.`,
    fix: 'Start the lab with `ailab-web up`; `ailab-web status` tells what is there.',
    status: 404,
  });
}
