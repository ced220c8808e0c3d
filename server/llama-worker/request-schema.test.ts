import { describe, expect, it } from 'vitest';
import { readChat, readCompletion } from './request-schema.ts';

const messages = [{ role: 'user', content: 'Hi' }];

describe('readChat', () => {
  it("fills in llama-server's defaults", () => {
    expect(readChat({ messages })).toMatchObject({
      stream: false,
      includeUsage: false,
      messages,
      sampling: {
        temperature: 0.8,
        topP: 0.95,
        topK: 40,
        minP: 0.05,
        seed: undefined,
        stop: [],
        maxTokens: Infinity,
      },
    });
  });

  it('reads what the openai client sends', () => {
    const body = {
      model: 'any',
      messages: [
        { role: 'developer', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
        { role: 'assistant', content: null },
      ],
      max_completion_tokens: 5,
      max_tokens: 9,
      stop: 'x',
      seed: 3,
      stream: true,
      stream_options: { include_usage: true },
      tools: [],
      response_format: { type: 'text' },
      logprobs: false,
      n: 1,
      user: 'someone',
    };
    expect(readChat(body)).toMatchObject({
      stream: true,
      includeUsage: true,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'ab' },
        { role: 'assistant', content: '' },
      ],
      sampling: { maxTokens: 5, stop: ['x'], seed: 3 },
    });
  });

  it.each([
    ['null', null, 'body'],
    ['no messages', {}, 'messages'],
    ['an empty list', { messages: [] }, 'messages'],
    ['a tool role', { messages: [{ role: 'tool', content: 'x' }] }, 'roles are'],
    ['an image', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, 'messages.0.content'],
    ['tools', { messages, tools: [{}] }, 'tools are not available'],
    ['a JSON format', { messages, response_format: { type: 'json_object' } }, 'only response_format text'],
    ['two choices', { messages, n: 2 }, 'only one choice'],
    ['log probabilities', { messages, logprobs: true }, 'log probabilities'],
    ['a hot temperature', { messages, temperature: -1 }, 'temperature'],
    ['no token', { messages, max_tokens: 0 }, 'max_tokens'],
    ['a word for a number', { messages, top_p: 'high' }, 'top_p'],
  ])('refuses %s by name', (_name, body, words) => {
    expect(() => readChat(body)).toThrow(words);
  });
});

describe('readCompletion', () => {
  it('takes a string, a list of one, or tokens', () => {
    expect(readCompletion({ prompt: 'a' }).prompt).toBe('a');
    expect(readCompletion({ prompt: ['a'] }).prompt).toBe('a');
    expect(readCompletion({ prompt: [1, 2] }).prompt).toEqual([1, 2]);
    for (const prompt of [undefined, 7, ['a', 'b'], [], [-1]])
      expect(() => readCompletion({ prompt })).toThrow(/prompt/);
  });
});
