import { describe, expect, it } from 'vitest';
import { activity, overview, step } from '../../_lib/fixtures.ts';
import type { LabOverview, StatusItem } from '../../_lib/wire.ts';
import { metaFacts } from './meta.ts';
import { actions, headline, isTold, labItems, shownActivity } from './view.ts';

const trouble = { code: 'x', message: 'The runtime was killed.', fix: 'Start it again.' };
const item = (over: Partial<StatusItem>): StatusItem => ({
  name: 'x',
  domain: 'process',
  state: 'managed',
  meta: {},
  ...over,
});

describe('headline', () => {
  it('is one quiet line when all is well', () => {
    expect(headline(overview(), undefined, 61.2)).toEqual({
      tone: 'ok',
      title: 'The model answers: SmolLM2-135M-Instruct, 61 tokens/s',
      detail: null,
    });
  });

  it('promises no speed that was not measured', () => {
    expect(headline(overview(), undefined, null).title).toBe('The model answers: SmolLM2-135M-Instruct');
  });

  it('does not call it well while something needs a person', () => {
    const seen = headline(overview({ attention: [trouble] }), undefined, null);
    expect(seen.tone).toBe('warn');
    expect(seen.title).toContain('1 thing needs you');
  });

  it('tells the step of what runs', () => {
    const running = activity({
      state: 'running',
      steps: [step(), step({ name: 'process', title: 'Loading the model', state: 'running' })],
    });
    expect(headline(overview({ phase: 'stopped' }), running, null)).toEqual({
      tone: 'busy',
      title: 'The lab is starting',
      detail: 'Loading the model',
    });
  });

  it('says what is not there', () => {
    expect(headline(overview({ phase: 'stopped', model: null }), undefined, null).title).toBe('No model yet');
  });
});

describe('actions', () => {
  it.each([
    ['running', 'running', ['chat', 'plan', 'stop']],
    ['stopped', 'stopped', ['start', 'plan']],
    ['starting', 'starting', ['stop']],
    ['stopping', 'stopping', []],
  ] as const)('%s', (_name, phase, expected) => {
    expect(actions(overview({ phase }), undefined)).toEqual(expected);
  });

  it('offers nothing but Cancel while something runs', () => {
    expect(actions(overview(), activity({ state: 'running' }))).toEqual(['cancel']);
  });

  it('starts nothing over an invalid ai-lab.yaml, and leads to where it is mended', () => {
    const invalid = (phase: LabOverview['phase']) => {
      const lab = overview({ phase });
      return { ...lab, status: { ...lab.status, config_valid: false } };
    };
    expect(actions(invalid('stopped'), undefined)).toEqual(['config']);
    expect(actions(invalid('running'), undefined)).toEqual(['config', 'chat', 'stop']);
    expect(headline(invalid('stopped'), undefined, null).detail).toContain('invalid');
  });

  it('leaves the next step to the starter while nothing is configured', () => {
    expect(actions(overview({ phase: 'stopped', model: null }), undefined)).toEqual([]);
  });

  it('in trouble offers Stop only for what is there', () => {
    const lab = overview({ phase: 'trouble' });
    expect(actions(lab, undefined)).toEqual(['start', 'plan']);
    const up = { ...lab, status: { ...lab.status, managed_items: [item({})] } };
    expect(actions(up, undefined)).toEqual(['start', 'plan', 'stop']);
  });
});

describe('shownActivity', () => {
  const stopped = overview({ phase: 'stopped' });
  it('shows what runs, else what went wrong last, else nothing', () => {
    const running = activity({ id: 'r', state: 'running' });
    const failed = activity({ id: 'f', state: 'failed', error: trouble });
    expect(shownActivity([failed, running], stopped)?.id).toBe('r');
    expect(shownActivity([failed], stopped)?.id).toBe('f');
    expect(shownActivity([failed], overview())).toBeUndefined();
    expect(shownActivity([activity(), failed], stopped)).toBeUndefined();
    expect(shownActivity([], stopped)).toBeUndefined();
  });

  it('does not tell an error twice', () => {
    expect(isTold(overview({ attention: [trouble] }), trouble)).toBe(true);
    expect(isTold(overview(), trouble)).toBe(false);
    expect(isTold(overview(), null)).toBe(false);
  });
});

describe('items', () => {
  it('come in the order in which they are needed', () => {
    const lab = overview();
    const status = {
      ...lab.status,
      managed_items: [item({ name: 'runtime' }), item({ name: 'w', domain: 'weights' })],
      missing_items: [item({ name: 'p', domain: 'package', state: 'missing' })],
    };
    expect(labItems({ ...lab, status }).map((one) => one.name)).toEqual(['w', 'p', 'runtime']);
  });

  it('tell their facts with units, and leave out what is unknown or as usual', () => {
    const facts = metaFacts({
      size_bytes: 94_000_000,
      pid: 12_345,
      port: 18_080,
      restarts: 0,
      threads: 4,
      context_size: 4096,
      parameters: 134_515_008,
      supervised: true,
      revision: null,
      sha256: 'ed5fa30c487b282ec156c29062f1222e5c20875a944ac98289dbd242e947f747',
    });
    expect(facts.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'size 94 MB',
      'process ID 12345',
      'port 18080',
      'threads 4',
      'context 4,096 tokens',
      'parameters 135 M',
      'SHA-256 ed5fa30c487b…',
    ]);
    expect(metaFacts({ supervised: false, restarts: 2 }).map(({ text }) => text)).toEqual(['no', '2']);
  });
});
