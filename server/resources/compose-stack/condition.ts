/** How a container is: its health in our five words, and what is wrong with it in a sentence. Pure. */
import type { Health } from '../../schemas/lab.ts';
import type { ContainerDetails } from './engine-types.ts';
import { WEIGHTS_LABEL } from './layout.ts';
import { sizeWords } from './memory-size.ts';

export interface Condition {
  health: Health;
  /** Null when it is well, or still starting. */
  error: string | null;
  exitCode: number | null;
  exitReason: string | null;
  outOfMemory: boolean;
  /** A container that was to run once and did. */
  done: boolean;
}

export function conditionOf(container: ContainerDetails): Condition {
  const { State: state, HostConfig: host } = container;
  const well = { error: null, exitCode: null, exitReason: null, outOfMemory: false, done: false };
  switch (state.Status) {
    case 'running':
      return { ...well, ...runningCondition(container) };
    case 'paused':
      return {
        ...well,
        health: 'unhealthy',
        error: `It is paused. Let it go on with \`docker unpause ${container.Name.replace(/^\//, '')}\`.`,
      };
    case 'created':
      return {
        ...well,
        health: 'exited',
        error:
          state.Error === ''
            ? 'It was created but never started.'
            : `It could not be started: ${state.Error}.`,
        exitReason: state.Error === '' ? null : state.Error,
      };
    default: {
      const once = ['', 'no'].includes(host.RestartPolicy?.Name ?? '');
      const exitReason = exitWords(container);
      const ended = { exitCode: state.ExitCode, exitReason, outOfMemory: state.OOMKilled };
      if (state.ExitCode === 0 && once && state.Status === 'exited')
        return { ...well, ...ended, health: 'healthy', done: true };
      const again =
        state.Status === 'restarting'
          ? ` Docker starts it again (${container.RestartCount} times so far).`
          : '';
      return { ...well, ...ended, health: 'exited', error: `It ended: ${exitReason}.${again}` };
    }
  }
}

function runningCondition({
  State: { Health: check },
}: ContainerDetails): Pick<Condition, 'health' | 'error'> {
  if (check === null || check === undefined || check.Status === 'none' || check.Status === '')
    return { health: 'healthy', error: null };
  if (check.Status === 'healthy') return { health: 'healthy', error: null };
  if (check.Status === 'starting') return { health: 'starting', error: null };
  const said = check.Log?.at(-1)?.Output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  const times = check.FailingStreak ?? 0;
  return {
    health: 'unhealthy',
    error: `Its health check failed ${times === 1 ? 'once' : `${times} times`}${said === '' ? '' : `: ${said}`}.`,
  };
}

function exitWords(container: ContainerDetails): string {
  const { State: state, HostConfig: host } = container;
  if (state.OOMKilled) {
    const limit = host.Memory ?? 0;
    if (limit === 0) return 'out of memory: this machine had none left';
    const weights = Number(container.Config.Labels?.[WEIGHTS_LABEL] ?? 0);
    const need = weights > 0 ? `; its weights alone take ${sizeWords(weights)}` : '';
    return `out of memory: it needs more than its limit of ${sizeWords(limit)}${need}`;
  }
  if (state.Error !== '') return state.Error;
  const signal = SIGNALS[state.ExitCode - 128];
  if (signal !== undefined) return `ended by ${signal} (exit code ${state.ExitCode})`;
  return `exit code ${state.ExitCode}`;
}

const SIGNALS: Record<number, string> = {
  2: 'SIGINT',
  4: 'SIGILL: the program uses instructions that this processor lacks',
  6: 'SIGABRT: the program gave up on an error of its own',
  9: 'SIGKILL',
  11: 'SIGSEGV: the program crashed',
  15: 'SIGTERM',
};
