import { describe, expect, it } from 'vitest';
import { snippetsFor } from './snippets.ts';

const ACCESS = {
  url: 'http://localhost:3000/v1',
  model: "it's/a model",
  key: 'sk-ailab-x',
  contextSize: 2048,
};

describe('snippetsFor', () => {
  it('names URL, model and key in each that can hold them', () => {
    for (const { id, text } of snippetsFor(ACCESS)) {
      expect(text).toContain('http://localhost:3000/v1');
      if (id !== 'zed') expect(text).toContain('sk-ailab-x');
      if (id !== 'env' && id !== 'curl') expect(text).toContain("it's/a model");
    }
  });
  it('keeps a quote in a model’s name from ending the shell’s', () => {
    expect(snippetsFor(ACCESS)[0]?.text).toContain(String.raw`"it'\''s/a model"`);
  });
});
