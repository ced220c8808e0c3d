import { describe, expect, it } from 'vitest';
import { activity, step, T0 } from '../../../_lib/fixtures.ts';
import { activityText, grouped } from './activity-text.ts';

describe('grouped', () => {
  it('puts first what runs, then what did not end well and was not mended since', () => {
    const list = [
      activity({ id: 'run', state: 'running' }),
      activity({ id: 'failed', kind: 'down', state: 'failed' }),
      activity({ id: 'older', kind: 'down', state: 'failed' }),
      activity({ id: 'up', kind: 'up' }),
      activity({ id: 'mended', kind: 'up', state: 'failed' }),
    ];
    const { running, attention, record } = grouped(list);
    expect([running, attention, record].map((group) => group.map(({ id }) => id))).toEqual([
      ['run'],
      ['failed'],
      ['older', 'up', 'mended'],
    ]);
  });
});

describe('activityText', () => {
  it('tells steps, error and fix', () => {
    const failed = activity({
      state: 'failed',
      startedBy: 'cli',
      steps: [
        step({ title: 'Fetch starter' }),
        step({ title: 'Start runtime', state: 'failed', endedAt: T0 + 20 }),
      ],
      error: { code: 'port_in_use', message: 'Port 18080 is taken.', fix: 'Free it.' },
    });
    expect(activityText(failed)).toBe(
      [
        'Start the lab: failed after 4 s',
        'started 2026-11-20T12:00:00.000Z from a terminal',
        '- Fetch starter: done, 1 s',
        '- Start runtime: failed, 20 ms',
        'error port_in_use: Port 18080 is taken.',
        'fix: Free it.',
      ].join('\n'),
    );
  });

  it('gives no end to what runs', () => {
    const running = activity({
      state: 'running',
      endedAt: null,
      steps: [step({ state: 'running', endedAt: null })],
    });
    expect(activityText(running).split('\n')[0]).toBe('Start the lab: running');
  });
});
