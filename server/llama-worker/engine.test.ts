import { describe, expect, it } from 'vitest';
import { createRenderer } from './chat-template.ts';
import { createEngine, emptyTally, type Tally } from './engine.ts';
import type { EvaluateOptions, LlamaModel, LlamaSequence, Token } from './llama.ts';
import type { Sampling } from './request-schema.ts';

const EOG = 0;
const sampling: Sampling = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: undefined,
  frequencyPenalty: 0,
  presencePenalty: 0,
  maxTokens: Infinity,
  stop: [],
};

/** A model whose tokens are character codes, and a sequence that keeps a cache and says `script`. */
function setUp({ script = 'hello', contextSize = 64, bos = null as Token | null } = {}) {
  const seen: { evaluated: Token[][]; options?: EvaluateOptions } = { evaluated: [] };
  let cache: Token[] = [];
  const model = {
    tokens: { bos, bosString: null, eosString: null, shouldPrependBosToken: bos !== null },
    trainContextSize: 1000,
    fileInfo: { metadata: {} },
    tokenize: (text: string) => [...text].map((letter) => letter.codePointAt(0) ?? 0),
    detokenize: (tokens: readonly Token[]) => String.fromCodePoint(...tokens),
    isEogToken: (token: Token) => token === EOG,
    createContext: () => Promise.reject(new Error('not used')),
  } satisfies LlamaModel;
  const sequence: LlamaSequence = {
    get nextTokenIndex() {
      return cache.length;
    },
    async adaptStateToTokens(tokens) {
      const differs = cache.findIndex((token, index) => token !== tokens[index]);
      if (differs >= 0) cache = cache.slice(0, differs);
    },
    async evaluateWithoutGeneratingNewTokens(tokens) {
      seen.evaluated.push(tokens);
      cache.push(...tokens);
    },
    async *evaluate(tokens, options) {
      seen.options = options;
      seen.evaluated.push(tokens);
      cache.push(...tokens);
      for (const token of [...model.tokenize(script), EOG]) {
        yield token;
        cache.push(token);
      }
    },
  };
  const engine = createEngine(model, sequence, contextSize, () => '');
  const run = async (
    prompt: string,
    change: Partial<Sampling> = {},
    signal = new AbortController().signal,
  ) => {
    const tally: Tally = emptyTally();
    let text = '';
    let promptDone = 0;
    await engine.generate({
      prompt: engine.tokenize(prompt),
      sampling: { ...sampling, ...change },
      signal,
      tally,
      onText: (piece) => (text += piece),
      onPromptDone: () => (promptDone += 1),
    });
    return { text, tally, promptDone };
  };
  return { engine, run, seen, cache: () => cache };
}

describe('generate', () => {
  it('generates until the model ends, and counts that last token as llama-server does', async () => {
    const { run } = setUp();
    const { text, tally, promptDone } = await run('abc');
    expect(text).toBe('hello');
    expect(tally).toMatchObject({ promptTokens: 3, cached: 0, generated: 6, finish: 'stop', decodes: 6 });
    expect(promptDone).toBe(1);
  });

  it('reuses the prefix it holds, evaluates at least one token, and reports what was really cached', async () => {
    const { run, seen } = setUp({ script: 'x' });
    await run('abc');
    expect((await run('abcx\u0000more')).tally).toMatchObject({ promptTokens: 9, cached: 4 });
    await run('abc');
    const again = await run('abc');
    expect(again.tally.cached).toBe(2);
    expect(seen.evaluated.at(-1)).toEqual(['c'.codePointAt(0)]);
  });

  it('evaluates a long prompt in steps, and stops between them when the client is gone', async () => {
    const { run, seen, engine } = setUp({ contextSize: 2000, script: '' });
    await run('p'.repeat(1000));
    expect(seen.evaluated.length).toBeGreaterThan(2);
    expect(seen.evaluated.flat()).toHaveLength(1000);
    expect(engine.contextSize).toBe(2000);

    const fresh = setUp({ contextSize: 2000 });
    await expect(fresh.run('p'.repeat(1000), {}, AbortSignal.abort(new Error('gone')))).rejects.toThrow(
      'gone',
    );
    expect(fresh.seen.evaluated).toEqual([]);
  });

  it('stops in the middle of the answer when the client goes', async () => {
    const { engine } = setUp();
    const client = new AbortController();
    const tally = emptyTally();
    const generating = engine.generate({
      prompt: engine.tokenize('abc'),
      sampling,
      signal: client.signal,
      tally,
      onText: () => client.abort(new Error('gone')),
      onPromptDone: () => undefined,
    });
    await expect(generating).rejects.toThrow('gone');
    expect(tally.generated).toBe(2);
  });

  it.each([
    [{ maxTokens: 2 }, 'he', 'length', 2],
    [{ stop: ['ll'] }, 'he', 'stop', 4],
    [{ stop: ['lo!'] }, 'hello', 'stop', 6],
    [{ stop: ['o'], maxTokens: 4 }, 'hell', 'length', 4],
  ])('honours %j', async (change, expected, finish, generated) => {
    const { text, tally } = await setUp().run('abc', change);
    expect(text).toBe(expected);
    expect(tally).toMatchObject({ finish, generated });
  });

  it('ends with `length` when the context is full', async () => {
    const { text, tally } = await setUp({ contextSize: 6 }).run('abc');
    expect(text).toBe('hel');
    expect(tally.finish).toBe('length');
  });

  it('passes sampling on, and penalties only when asked for', async () => {
    const { run, seen } = setUp();
    await run('abc', { temperature: 0.5, seed: 7, topK: 3 });
    expect(seen.options).toEqual({
      temperature: 0.5,
      topP: 1,
      topK: 3,
      minP: 0,
      seed: 7,
      yieldEogToken: true,
    });
    await run('abc', { presencePenalty: 1 });
    expect(seen.options?.repeatPenalty).toMatchObject({
      penalty: 1,
      frequencyPenalty: 0,
      presencePenalty: 1,
    });
  });
});

describe('tokenize', () => {
  it('begins with the BOS token once, where the model wants it', () => {
    const { engine } = setUp({ bos: 1 });
    expect(engine.tokenize('a')).toEqual([1, 97]);
    expect(engine.tokenize('\u0001a')).toEqual([1, 97]);
  });

  it('refuses a prompt that leaves no room, with the numbers, and an empty one', () => {
    const { engine } = setUp({ contextSize: 4 });
    expect(engine.tokenize('abc')).toHaveLength(3);
    expect(() => engine.tokenize('abcd')).toThrow(
      expect.objectContaining({ code: 400, extra: { n_prompt_tokens: 4, n_ctx: 4 } }),
    );
    expect(() => engine.tokenize('')).toThrow(/empty/);
  });
});

describe('createRenderer', () => {
  const special = { bos: '<s>', eos: '</s>' };

  it('hands the template what Hugging Face templates expect', () => {
    let given = {};
    const render = createRenderer({ render: (values) => ((given = values), 'text') }, special);
    const messages = [{ role: 'user' as const, content: 'Hi' }];
    expect(render(messages, { enable_thinking: false })).toBe('text');
    expect(given).toEqual({
      enable_thinking: false,
      messages,
      add_generation_prompt: true,
      bos_token: '<s>',
      eos_token: '</s>',
    });
  });

  it('folds the system message into the first one where the template knows no system role', () => {
    const strict = {
      render({ messages }: Record<string, unknown>) {
        const list = messages as { role: string; content: string }[];
        if (list.some(({ role }) => role === 'system')) throw new Error('System role not supported');
        return list.map(({ content }) => content).join('|');
      },
    };
    const render = createRenderer(strict, special);
    const system = { role: 'system' as const, content: 'Be brief.' };
    expect(render([system, { role: 'user', content: 'Hi' }], {})).toBe('Be brief.\n\nHi');
    expect(() => render([system], {})).toThrow(/refused the messages: System role not supported/);
  });
});
