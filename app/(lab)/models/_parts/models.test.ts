import { expect, test } from 'vitest';
import type { ModelEntry } from '../../../_lib/wire.ts';
import { choicesOf, factsLine, shares, shown, stateOf } from './models-words.ts';

function entry(over: Partial<ModelEntry>): ModelEntry {
  return {
    id: '0123456789abcdef',
    kind: 'model',
    place: 'hub',
    title: 'SmolLM2',
    name: 'org/name:Q4_K_M',
    repo: 'org/name',
    revision: null,
    file: 'm-Q4_K_M.gguf',
    path: '/hub/m.gguf',
    parts: 1,
    sidecars: [],
    sizeBytes: 1e8,
    architecture: 'llama',
    parameters: 135e6,
    quantization: 'Q4_K_M',
    contextLength: 8192,
    chatTemplate: true,
    licence: 'apache-2.0',
    lastUsedAt: null,
    lastUsedFrom: null,
    configured: false,
    error: null,
    sameAs: null,
    freesBytes: 1e8,
    safe: null,
    ...over,
  };
}

test('the configured model first, what is left over last, in between as asked', () => {
  const entries = [
    entry({ title: 'part', kind: 'leftover', sizeBytes: 9e9 }),
    entry({ title: 'small', sizeBytes: 1 }),
    entry({ title: 'big', sizeBytes: 5 }),
    entry({ title: 'mine', configured: true, sizeBytes: 2 }),
  ];
  expect(shown(entries, '', 'size').map(({ title }) => title)).toEqual(['mine', 'big', 'small', 'part']);
  expect(shown(entries, 'SMALL q4', 'size').map(({ title }) => title)).toEqual(['small']);
});

test('a configured model that is broken never looks fine', () => {
  const error = { code: 'weights_truncated', message: 'm', fix: 'f' };
  expect(stateOf(entry({ configured: true, error }))).toMatchObject({ tone: 'bad' });
  expect(stateOf(entry({}))).toBeNull();
});

test('facts are told as far as they are known', () => {
  expect(factsLine(entry({}))).toBe('llama · 135 M parameters · Q4_K_M · 8,192 tokens');
  expect(
    factsLine(entry({ architecture: null, parameters: null, quantization: null, contextLength: null })),
  ).toBe('');
});

test('a refused pull offers its models with their sizes', () => {
  const message = 'org/name has 2 models that could be meant:\n  a-Q4_0.gguf (1.2 GB)\n  sub/b.gguf (900 MB)';
  expect(choicesOf({ code: 'hub_ambiguous', message, fix: '' })).toEqual([
    { id: 'org/name:a-Q4_0.gguf', file: 'a-Q4_0.gguf', size: '1.2 GB' },
    { id: 'org/name:sub/b.gguf', file: 'sub/b.gguf', size: '900 MB' },
  ]);
  expect(choicesOf({ code: 'hub_gated', message, fix: '' })).toEqual([]);
});

test('the bar holds the room, or the need where that is larger', () => {
  expect(shares([1, 1], 4)).toEqual({ parts: [0.25, 0.25], room: 1 });
  expect(shares([6, 2], 4)).toEqual({ parts: [0.75, 0.25], room: 0.5 });
});
