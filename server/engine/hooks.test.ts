import { describe, expect, it } from 'vitest';
import { LabError } from '../lib/errors.ts';
import type { Hook } from '../schemas/hooks.ts';
import { commandHash, dueHooks, hooksOf } from './hook-plan.ts';
import { createHookRunner, type HookProgram } from './hooks.ts';
import type { Run, StepMark } from './orchestrator.ts';

const broken = new LabError({ code: 'x', message: 'broken.', fix: 'mend', details: { exitCode: 7 } });

/** Runs hooks of these names with that program; what was recorded of each, in order. */
function runner(hooks: Partial<Hook>[], program: HookProgram) {
  const ends: string[] = [];
  const marks: StepMark[] = [];
  const abort = new AbortController();
  const run: Run = {
    activityId: 'a',
    signal: abort.signal,
    step: (_name, _title, work) =>
      work(
        () => undefined,
        (mark) => marks.push(mark),
      ),
  };
  const full = hooks.map((hook): Hook => ({
    name: 'h',
    phase: 'pre_apply',
    type: 'command',
    timeout: '10m',
    timeoutMs: 600_000,
    continueOnError: false,
    origin: 'file',
    ...hook,
  }));
  const made = createHookRunner(full, program, ({ name }) => ({
    id: name,
    write: () => undefined,
    end: (state, exitCode) => void ends.push(`${name} ${state} ${exitCode ?? '-'}`),
  }));
  return { ...made, run, ends, marks, abort };
}

const failing: HookProgram = async ({ name }) => {
  if (name === 'bad') throw broken;
  return { kind: 'done', exitCode: 0 };
};

describe('the runner', () => {
  it('stops at the first failure, and says what it means for the lab', async () => {
    const { phase, run, ends } = runner([{ name: 'good' }, { name: 'bad' }, { name: 'late' }], failing);
    await expect(phase('pre_apply', run)).rejects.toMatchObject({
      code: 'x',
      message: 'Nothing was started. The hook bad failed: broken.',
      fix: 'mend',
    });
    expect(ends).toEqual(['good done 0', 'bad failed 7']);
  });

  it('goes on where that is asked for, and remembers', async () => {
    const { phase, run, ends, passedOver } = runner(
      [{ name: 'bad', continueOnError: true }, { name: 'late' }, { name: 'other', phase: 'post_apply' }],
      failing,
    );
    await phase('pre_apply', run);
    expect(ends).toEqual(['bad failed 7', 'late done 0']);
    expect(passedOver).toEqual(['The hook bad failed: broken.']);
  });

  it('marks what was skipped', async () => {
    const { one, run, ends, marks } = runner([], async () => ({ kind: 'skipped', reason: 'not yet' }));
    const [hook] = hooksOf({});
    if (hook === undefined) throw new Error('a default');
    expect(await one(hook, run)).toBe('Skipped: not yet.');
    expect([ends, marks.at(-1)]).toEqual([['weaviate-ready skipped -'], { state: 'skipped' }]);
  });

  it('a cancel is no failure', async () => {
    const { phase, run, ends, abort } = runner([{ continueOnError: true }], async (_hook, { signal }) => {
      abort.abort(new DOMException('Cancelled.', 'AbortError'));
      signal.throwIfAborted();
      return { kind: 'done' };
    });
    await expect(phase('pre_apply', run)).rejects.toThrow('Cancelled.');
    expect(ends).toEqual(['h cancelled -']);
  });
});

describe('the hooks of a lab', () => {
  const stack = (services: ('weaviate' | 'grafana')[]) =>
    ({ engine: 'docker', stack: { services, ports: {}, images: {} } }) as unknown as Parameters<
      typeof dueHooks
    >[1];

  it('has the built-in ones by default, where the lab runs what they are for', () => {
    expect(hooksOf({}).map(({ name, continueOnError }) => [name, continueOnError])).toEqual([
      ['weaviate-ready', false],
      ['grafana-import', true],
    ]);
    expect(dueHooks({}, stack(['weaviate'])).map(({ name }) => name)).toEqual(['weaviate-ready']);
    expect(dueHooks({}, { ...stack([]), engine: 'embedded' })).toEqual([]);
    const written = { hooks: { pre_apply: ['weaviate-ready' as const] } };
    expect(dueHooks(written, { ...stack([]), engine: 'embedded' }).map(({ name }) => name)).toEqual([
      'weaviate-ready',
    ]);
  });

  it('a command is known by all of its argv', () => {
    const hashes = [['a', 'b'], ['a b'], ['a', 'b', '']].map((command) => commandHash({ command }));
    expect(new Set(hashes).size).toBe(3);
    expect(commandHash({})).toBeNull();
  });
});
