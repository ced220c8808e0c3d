import { describe, expect, it } from 'vitest';
import { activity, overview, step, T0 } from '../../../_lib/fixtures.ts';
import { splitBlocks } from './blocks.ts';
import { linkTarget } from './links.ts';
import { metricFacts } from './metrics-words.ts';
import { notReady } from './readiness.ts';

describe('splitBlocks', () => {
  it('cuts between paragraphs, and loses nothing', () => {
    const text = 'One.\n\nTwo\nmore.\n\n# Three\n\n```js\na\n\nb\n```\n\nFour';
    const blocks = splitBlocks(text);
    expect(blocks).toEqual(['One.\n', 'Two\nmore.\n', '# Three\n', '```js\na\n\nb\n```\n', 'Four']);
    expect(blocks.join('\n')).toBe(text);
  });

  it('keeps lists, quotes, indented parts and tables whole', () => {
    for (const text of [
      '1. a\n\n2. b\n\n   more\n\n3. c',
      '- a\n\n- b',
      '> a\n\n> b',
      'a\n\n    code',
      '|a|\n\n|b|',
    ])
      expect(splitBlocks(text)).toEqual([text]);
  });

  it('does not take a shorter fence for the end', () => {
    const text = '````\n```\n\nA\n```\n````\n\nEnd';
    expect(splitBlocks(text)).toEqual(['````\n```\n\nA\n```\n````\n', 'End']);
  });

  it('keeps a fence that is still open in one block', () => {
    expect(splitBlocks('A\n\n```\nb\n\nC\n\nD')).toEqual(['A\n', '```\nb\n\nC\n\nD']);
  });

  it('leaves a text with definitions whole', () => {
    const text = 'See [a][1].\n\nMore.\n\n[1]: https://example.org';
    expect(splitBlocks(text)).toEqual([text]);
  });

  it('only ever adds at the end while a text grows', () => {
    const text =
      'One.\n\n- a\n- b\n\nTwo **x**\n\n```\ncode\n\nmore\n```\n\n**Three**\n\n| a |\n|---|\n| 1 |\n\nEnd.';
    let before: string[] = [];
    for (let end = 1; end <= text.length; end++) {
      const blocks = splitBlocks(text.slice(0, end));
      expect(blocks.length).toBeGreaterThanOrEqual(before.length);
      expect(blocks.slice(0, before.length - 1)).toEqual(before.slice(0, -1));
      before = blocks;
    }
  });
});

describe('linkTarget', () => {
  it.each([
    ['https://example.org/a?b', 'https://example.org/a?b', 'example.org'],
    ['http://localhost:3000/', 'http://localhost:3000/', 'localhost:3000'],
    ['mailto:ada@example.org', 'mailto:ada@example.org', 'mail'],
    ['https://bank.example@evil.example/', 'https://evil.example/', 'evil.example'],
  ])('%s', (href, to, host) => expect(linkTarget(href)).toEqual({ href: to, host }));

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    '/settings',
    '//evil.example',
    '#fragment',
    '',
    undefined,
  ])('%s leads nowhere', (href) => expect(linkTarget(href)).toBeNull());
});

describe('notReady', () => {
  it('is nothing when the model answers', () => expect(notReady(overview(), undefined, false)).toBeNull());
  it('says the step of a start', () => {
    const running = activity({
      state: 'running',
      steps: [step({ state: 'running', title: 'Load the model' })],
    });
    expect(notReady(overview({ phase: 'starting' }), running, false)?.reason).toBe(
      'The model is starting: Load the model.',
    );
  });
  it('sends to the Overview where a start helps', () => {
    expect(notReady(overview({ phase: 'stopped' }), undefined, false)?.start).toBe(true);
    expect(notReady(overview({ phase: 'trouble' }), undefined, false)?.start).toBe(true);
    expect(notReady(overview({ phase: 'starting' }), undefined, false)?.start).toBe(false);
  });
  it('puts the silent server first', () => {
    expect(notReady(overview(), undefined, true)?.reason).toContain('server');
  });
});

describe('metricFacts', () => {
  const message = {
    id: 'm',
    role: 'assistant' as const,
    content: 'Hi',
    state: 'done' as const,
    createdAt: T0,
    model: 'SmolLM2',
    error: null,
    parentId: null,
    siblings: ['m'],
    attachments: [],
    settings: null,
    metrics: {
      ttftMs: 352,
      durationMs: 2440,
      promptTokens: 31,
      cachedTokens: 0,
      completionTokens: 128,
      tokensPerSecond: 61.3,
    },
  };
  it('tells speed, first token, length and model', () => {
    expect(metricFacts(message)).toEqual([
      '61 tokens/s',
      'first token after 352 ms',
      '128 tokens in 2.4 s',
      'SmolLM2',
    ]);
  });
  it('leaves out what was not measured', () => {
    const metrics = { ...message.metrics, ttftMs: null, tokensPerSecond: null, completionTokens: null };
    expect(metricFacts({ ...message, state: 'stopped', metrics })).toEqual([
      'Stopped early',
      '2.4 s',
      'SmolLM2',
    ]);
    expect(metricFacts({ ...message, metrics: null, model: null })).toEqual([]);
  });
});
