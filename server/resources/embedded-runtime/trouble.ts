/** What is wrong with the runtime according to its record, in words with the fix; one place for item and error. */
import { LabError } from '../../lib/errors.ts';
import type { RuntimeRecord } from './record.ts';
import type { Slot } from './slot.ts';

export interface Trouble {
  code: string;
  message: string;
  fix: string;
}

/** Which of the record's processes are really there. */
export interface Liveness {
  supervisor: boolean;
  child: boolean;
}

export function troubleOf(record: RuntimeRecord, alive: Liveness, { log, title }: Slot): Trouble | null {
  const ended = record.lastExit?.reason ?? 'for a reason nobody saw';
  const said = lastWordsOf(record);
  const lookAt =
    record.lastExit?.outOfMemory === true
      ? 'Choose a smaller model or a smaller context_size, or close other programs; then run `ailab-web up`.'
      : `Look at ${log}, then run \`ailab-web up\`.`;
  if (record.state === 'stopped') return null;
  if (record.state === 'failed') {
    const message = `${title} ended and is not tried again: ${ended}.${said}`;
    return { code: 'runtime_failed', message, fix: lookAt };
  }
  if (!alive.supervisor && alive.child) {
    const message = `${title} (pid ${record.child?.pid}) runs, but its supervisor (pid ${record.supervisor.pid}) is gone: nobody watches it.`;
    return { code: 'runtime_orphaned', message, fix: 'Run `ailab-web up`: it replaces both.' };
  }
  if (!alive.supervisor) {
    const message = `${title} and its supervisor are gone: something ended both from outside.`;
    return { code: 'runtime_gone', message, fix: 'Run `ailab-web up`.' };
  }
  if (record.state === 'exited' || !alive.child) {
    const again =
      record.restartAt === null ? 'It is being started again.' : `Restart ${record.restarts + 1} follows.`;
    return {
      code: 'runtime_exited',
      message: `${title} ended: ${ended}. ${again}${said}`,
      fix: lookAt,
    };
  }
  if (record.state === 'unhealthy') {
    const since = new Date(record.since).toISOString();
    const message = `${title} (pid ${record.child?.pid}) has not answered its health check since ${since}.`;
    return {
      code: 'runtime_unhealthy',
      message,
      fix: `Wait a moment; if it stays so, look at ${log} and run \`ailab-web down\`, then \`ailab-web up\`.`,
    };
  }
  return null;
}

/** What it said while memory lasted says nothing about why it ended. */
function lastWordsOf({ lastExit }: RuntimeRecord): string {
  if (lastExit === null || lastExit.outOfMemory || lastExit.words === '') return '';
  return ` It said: ${lastExit.words.split('\n').join(' / ')}.`;
}

export function asLabError(trouble: Trouble): LabError {
  return new LabError({ ...trouble, status: 503 });
}
