/**
 * Runs hooks: one after the other, each with its time limit, its receipt and its step of the activity. It knows no
 * type of hook and no resource; both are handed in.
 */
import { isLabError, LabError, reportError, type ErrorReport } from '../lib/errors.ts';
import type { Hook, HookPhase } from '../schemas/hooks.ts';
import type { Run } from './orchestrator.ts';

export interface HookContext {
  /** Aborted by the time limit and by whoever cancels the activity. */
  signal: AbortSignal;
  /** One line about what is being waited for. */
  report(message: string): void;
  /** Output for the receipt. */
  write(chunk: Uint8Array | string): void;
}

export type HookEnd = { kind: 'done'; exitCode?: number } | { kind: 'skipped'; reason: string };

/** Does what the hook is for; throws a LabError when it fails (`details.exitCode`, where a program ended). */
export type HookProgram = (hook: Hook, context: HookContext) => Promise<HookEnd>;

/** One receipt being written. */
export interface Receipt {
  id: string;
  write(chunk: Uint8Array | string): void;
  end(
    state: 'done' | 'failed' | 'skipped' | 'cancelled',
    exitCode: number | null,
    error: ErrorReport | null,
  ): void;
}

export interface HookRunner {
  /** Runs the hooks of one phase. Throws at the first failure that may not be passed over. */
  phase(phase: HookPhase, run: Run): Promise<void>;
  /** Runs one by hand; its failure is thrown. Resolves with one line about how it ended. */
  one(hook: Hook, run: Run): Promise<string>;
  /** Failures that were passed over, in words. */
  passedOver: readonly string[];
}

export function createHookRunner(
  hooks: readonly Hook[],
  program: HookProgram,
  open: (hook: Hook, activityId: string) => Receipt,
): HookRunner {
  const passedOver: string[] = [];

  /** Never throws but for a cancel: a failure is returned, so that the step can be marked and the rest go on. */
  const attempt = (hook: Hook, run: Run) =>
    run.step('hook', `Hook ${hook.name}`, async (report, mark): Promise<HookEnd | LabError> => {
      const receipt = open(hook, run.activityId);
      mark({ hookRun: { id: receipt.id, name: hook.name } });
      const limit = AbortSignal.timeout(hook.timeoutMs);
      const signal = AbortSignal.any([run.signal, limit]);
      try {
        signal.throwIfAborted();
        const end = await program(hook, {
          signal,
          report: (message) => report({ message }),
          write: receipt.write,
        });
        if (end.kind === 'skipped') {
          mark({ state: 'skipped' });
          report({ message: end.reason });
          receipt.write(`skipped: ${end.reason}\n`);
        }
        receipt.end(end.kind, end.kind === 'done' ? (end.exitCode ?? null) : null, null);
        return end;
      } catch (error) {
        if (run.signal.aborted) {
          receipt.end('cancelled', null, null);
          throw run.signal.reason;
        }
        // One that failed by itself at the last moment did not time out.
        const failure = limit.aborted && !isLabError(error) ? timedOut(hook) : failed(hook, error);
        mark({ state: 'failed' });
        report({ message: failure.message });
        const code = failure.details['exitCode'];
        receipt.end('failed', typeof code === 'number' ? code : null, reportError(failure));
        return failure;
      }
    });

  return {
    passedOver,
    async phase(phase, run) {
      for (const hook of hooks.filter((each) => each.phase === phase)) {
        run.signal.throwIfAborted();
        const end = await attempt(hook, run);
        if (!isLabError(end)) continue;
        if (!hook.continueOnError) throw stopped(phase, end);
        passedOver.push(end.message);
      }
    },
    async one(hook, run) {
      const end = await attempt(hook, run);
      if (isLabError(end)) throw end;
      return end.kind === 'skipped' ? `Skipped: ${end.reason}.` : `The hook ${hook.name} is done.`;
    },
  };
}

function timedOut(hook: Hook): LabError {
  return new LabError({
    code: 'hook_timeout',
    message: `The hook ${hook.name} timed out after ${hook.timeout}.`,
    fix: `See what it wrote with \`ailab-web hooks show ${hook.name}\`; then mend it, or give it a longer \`timeout\` in ai-lab.yaml.`,
  });
}

function failed(hook: Hook, error: unknown): LabError {
  const { code, message, fix } = reportError(error);
  const details = isLabError(error) ? error.details : {};
  return new LabError({
    code: code === 'internal' ? 'hook_failed' : code,
    message: `The hook ${hook.name} failed: ${message}`,
    fix,
    details,
    cause: error,
  });
}

/** What the failure means for the lab, in front of the failure's own words. */
function stopped(phase: HookPhase, { code, message, fix, details }: LabError): LabError {
  const meaning =
    phase === 'pre_apply'
      ? 'Nothing was started.'
      : 'The lab is up and its model answers, but a hook failed.';
  return new LabError({ code, message: `${meaning} ${message}`, fix, details });
}
