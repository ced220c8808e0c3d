import { describe, expect, it } from 'vitest';
import { createRedactor } from './redact.ts';

const redact = createRedactor({
  values: [
    { value: '/home/ada/lab', as: '<home>' },
    { value: '/home/ada', as: '~' },
  ],
  names: [
    { value: 'ada', as: '<user>' },
    { value: 'ada-laptop', as: '<host>' },
  ],
  conversations: ['Tell me the zebra secret of the north sea', 'xylophones'],
});

describe.each([
  ['key=sk-ailab-abcdefgh12345678', 'sk-ailab'],
  ['token hf_AbCdEfGhIjKl', 'hf_'],
  ['Authorization: Bearer abc.def.ghi', 'abc.def'],
  ['HF_TOKEN=plainvalue', 'plainvalue'],
  ['"password": "hunter2!"', 'hunter2'],
  ['proxy http://me:pw@proxy:3128', 'me:pw'],
  ['GET https://cdn.example/x?signature=deadbeef', 'deadbeef'],
  ['at /home/ada/lab/logs/runtime.log', 'ada'],
  ['opening /srv/private-project/weights.gguf', 'private-project'],
  ['mail to ada@example.org', 'example.org'],
  ['host ada-laptop is up', 'laptop'],
  ['from 10.20.30.40', '10.20'],
  ['jwt eyJhbGciOi.eyJzdWIiOi.sig', 'eyJ'],
  ['slot: {"role":"user","content":"anything at all"}', 'anything'],
  ['parse error; last read: \'"what i typed', 'typed'],
  ['srv log: tell me THE zebra\\nsecret now', 'zebra'],
  ['only xylophones', 'xylophones'],
])('%s', (line, secret) => {
  it('is gone', () => expect(redact(line)).not.toContain(secret));
});

it('what helps stays', () => {
  const lines = [
    "0.00.136.735 E llama_model_load: error loading model: tensor 'blk.11.ffn_up.weight' data is not within the file bounds",
    '0.04.659.973 I srv  llama_server: listening on http://127.0.0.1:28098',
    'load_tensors: offloaded 0/29 layers to GPU',
  ];
  expect(redact(lines.join('\n'))).toBe(lines.join('\n'));
  expect(redact('failed to open GGUF file /models/x.gguf')).toBe('failed to open GGUF file …/x.gguf');
});
