/** A log read through the running server: its event stream as an iterable. */
import type { LogLine, LogsInput } from '../schemas/logs.ts';
import { plainError } from './remote-error.ts';
import type { Remote } from './remote.ts';

export async function* remoteLogs(
  api: Remote,
  input: LogsInput,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const waiting: LogLine[][] = [];
  let end: { error: unknown } | 'done' | undefined;
  let wake = Promise.withResolvers<void>();
  const close = (how: typeof end) => {
    end ??= how;
    wake.resolve();
  };
  const subscription = api.logs.read.subscribe(input, {
    onData: (lines) => {
      waiting.push(lines);
      wake.resolve();
    },
    onComplete: () => close('done'),
    onError: (error) => close({ error }),
    // Connected anew, the server would tell the last lines once more: a break is the end of it.
    onConnectionStateChange: ({ state, error }) => {
      if (state === 'connecting' && error !== null) close({ error });
    },
  });
  const onAbort = () => close('done');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      for (let lines = waiting.shift(); lines !== undefined; lines = waiting.shift()) yield lines;
      if (end === 'done') return;
      if (end !== undefined) throw plainError(end.error);
      await wake.promise;
      wake = Promise.withResolvers();
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    subscription.unsubscribe();
  }
}
