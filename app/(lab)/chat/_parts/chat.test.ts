import { describe, expect, it } from 'vitest';
import { activity, overview, step, T0 } from '../../../_lib/fixtures.ts';
import { codeOf, createSplitter, splitBlocks, tableOf, withDefinitions } from './blocks.ts';
import { showHidden } from './hidden.ts';
import { linkTarget } from './links.ts';
import { metricFacts } from './metrics-words.ts';
import { readFiles, weigh } from './read-files.ts';
import { notReady } from './readiness.ts';
import { draftOf, readDraft } from './settings-draft.ts';

describe('splitBlocks', () => {
  it('cuts between paragraphs, and loses nothing', () => {
    const text = 'One.\n\nTwo\nmore.\n\n# Three\n\n```js\na\n\nb\n```\n\nFour';
    const blocks = splitBlocks(text);
    expect(blocks).toEqual(['One.\n', 'Two\nmore.\n', '# Three\n', '```js\na\n\nb\n```\n', 'Four']);
    expect(blocks.join('\n')).toBe(text);
  });

  it('keeps lists and indented parts whole', () => {
    for (const text of ['1. a\n\n2. b\n\n   more\n\n3. c', '- a\n\n- b', 'a\n\n    code'])
      expect(splitBlocks(text)).toEqual([text]);
  });

  it('does not take a shorter fence for the end', () => {
    const text = '````\n```\n\nA\n```\n````\n\nEnd';
    expect(splitBlocks(text)).toEqual(['````\n```\n\nA\n```\n````\n', 'End']);
  });

  it('keeps a fence that is still open in one block', () => {
    expect(splitBlocks('A\n\n```\nb\n\nC\n\nD')).toEqual(['A\n', '```\nb\n\nC\n\nD']);
  });

  it('cuts around a fence at the margin, and long lists between their items', () => {
    expect(splitBlocks('A\n```\nb\n```\n\n\nC\n~~~\nd')).toEqual(['A', '```\nb\n```\n\n', 'C', '~~~\nd']);
    const items = Array.from({ length: 100 }, (_, index) => `${index}. ${'x'.repeat(30)}\n   more`);
    const blocks = splitBlocks(items.join('\n'));
    expect(blocks.length).toBeGreaterThan(2);
    expect(blocks.every((block) => /^\d/.test(block))).toBe(true);
    expect(blocks.join('\n')).toBe(items.join('\n'));
  });

  it('gives each block the definitions that it needs', () => {
    const text = 'See [a][1].\n\nMore.\n\n[1]: https://example.org';
    expect(withDefinitions(splitBlocks(text), text)).toEqual([
      'See [a][1].\n\n\n[1]: https://example.org',
      'More.\n',
      '[1]: https://example.org',
    ]);
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

describe('a block', () => {
  it.each([
    ['```js title\na\n```\n', { language: 'js', code: 'a', complete: true }],
    ['~~~\na\n\n```', { language: undefined, code: 'a\n\n```', complete: false }],
    ['```c++', { language: 'c++', code: '', complete: false }],
    ['```a`b', null],
    ['```\na\n```\nmore', null],
    ['   ```\na', null],
    ['words', null],
  ])('%j as code', (block, parts) => expect(codeOf(block)).toEqual(parts));

  it.each([
    ['| a | b |\n|---|:-:|\n| 1 | 2 |\n', { head: '| a | b |\n|---|:-:|', rows: ['| 1 | 2 |'], columns: 3 }],
    ['| a |\n| b |', null],
    ['| a |\n|---|\nmore', null],
  ])('%j as a table', (block, parts) => expect(tableOf(block)).toEqual(parts));
});

it('showHidden tells what turns text round or hides it, and leaves scripts and emoji alone', () => {
  expect(showHidden('a\u202Eb\u2066\u0007\u{E0041}')).toBe('a‹U+202E›b‹U+2066›‹U+0007›‹U+E0041›');
  for (const text of ['שלום\u200F', 'کتاب\u200Cها', '👩\u200D🔬', 'a\tb\r\n'])
    expect(showHidden(text)).toBe(text);
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

describe('createSplitter', () => {
  const text =
    'Words\n\n- a\n- b\n\n**So**\n```js\nx\n\n```\n\nand\n|h|\n|-|\n|1|\n\n1. one\n\n   two\n~~~\n``` `\n~~~\n' +
    `${'- item\n'.repeat(180)}end\n\n  ~~~\n  y\n  ~~~\n* z\n***\n\`\`\`a\`b\nlast`;
  it('cuts a text that grows as it cuts the whole', () => {
    const split = createSplitter();
    for (let end = 1; end <= text.length; end += end % 300 < 150 ? 1 : 37)
      expect(split(text.slice(0, end))).toEqual(splitBlocks(text.slice(0, end)));
  });
  it('begins anew with another text', () => {
    const split = createSplitter();
    split(text);
    expect(split('a\n\nb')).toEqual(['a\n', 'b']);
  });
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

describe('the settings in their fields', () => {
  it('come back as they were', () => {
    const settings = { temperature: 0.2, seed: 7, systemPrompt: 'Be brief.', stop: ['END', '\n\n'] };
    expect(readDraft(draftOf(settings))).toEqual({ settings, problems: {} });
  });
  it('leaves out what is no value, and says the range', () => {
    const draft = { ...draftOf({ topP: 0.9 }), temperature: '7', seed: '1.5', maxTokens: 'many' };
    const { settings, problems } = readDraft(draft);
    expect(settings).toEqual({ topP: 0.9 });
    expect(Object.keys(problems).toSorted()).toEqual(['maxTokens', 'seed', 'temperature']);
  });
});

describe('readFiles', () => {
  const file = (name: string, bytes: Uint8Array | string) => {
    const content = new TextEncoder().encode(typeof bytes === 'string' ? bytes : '');
    const buffer = typeof bytes === 'string' ? content : bytes;
    return { name, size: buffer.length, arrayBuffer: async () => buffer.slice().buffer };
  };
  it('takes text, and refuses by name what is none or too much', async () => {
    const { files, refused } = await readFiles(
      [],
      [
        file('a/b.txt', 'A'),
        file('empty', ''),
        file('photo', new Uint8Array([0xff, 0xd8])),
        file('nul', 'a\u0000b'),
        file('big', 'x'.repeat(600_000)),
      ],
    );
    expect(files).toEqual([{ name: 'a b.txt', text: 'A' }]);
    expect(refused.map((words) => words.split(' ')[0])).toEqual(['empty', 'photo', 'nul', 'big']);
  });
  it('tells tokens as a range, and what cannot fit', () => {
    expect(weigh('', [{ name: 'a', text: 'word '.repeat(400) }], '', 4096).tone).toBe('idle');
    expect(weigh('', [{ name: 'a', text: 'word '.repeat(20_000) }], '', 4096).tone).toBe('bad');
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
