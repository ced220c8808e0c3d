import { expect, it } from 'vitest';
import { readOffload } from './offload.ts';

const CASES: [from: string, lines: string[], layers: number | null, of: number | null][] = [
  [
    'llama-server 0.7.0 on a CPU, default verbosity',
    ['0.04.656.997 I srv  llama_server: model loaded'],
    null,
    null,
  ],
  [
    'llama-server 0.7.0, -ngl 99 -lv 4 without a GPU (provoked)',
    [
      'warning: no usable GPU found, --gpu-layers option will be ignored',
      '0.00.805.404 I load_tensors:   CPU_Mapped model buffer size =    92.10 MiB',
    ],
    0,
    null,
  ],
  [
    'all on eight GPUs (ollama/ollama#9782)',
    [
      'load_tensors: offloading output layer to GPU',
      'load_tensors: offloaded 62/62 layers to GPU',
      'load_tensors:        CUDA0 model buffer size = 48928.09 MiB',
    ],
    62,
    62,
  ],
  [
    'a device, and nothing on it (ggml-org/llama.cpp#12614)',
    [
      'load_tensors: offloading 0 repeating layers to GPU',
      'load_tensors: offloaded 0/29 layers to GPU',
      'load_tensors:   CPU_Mapped model buffer size = 14526.27 MiB',
    ],
    0,
    29,
  ],
  [
    'the line as asked, although CUDA did not start (janhq/cortex.cpp#1470)',
    [
      'ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected',
      'llm_load_tensors: offloaded 13/33 layers to GPU',
      'llm_load_tensors:        CPU buffer size =  8137.64 MiB',
    ],
    0,
    33,
  ],
  [
    'part of it (ollama/ollama#3711)',
    [
      'llm_load_tensors: offloaded 39/41 layers to GPU',
      'llm_load_tensors:      CUDA0 model buffer size = 45460.59 MiB',
    ],
    39,
    41,
  ],
];

it.each(CASES)('%s', (_from, lines, layers, of) => {
  const found = readOffload(lines);
  expect(found === null ? [null, null] : [found.layers, found.of]).toEqual([layers, of]);
});

it('of two starts in one log the last counts', () => {
  const again = ['offloaded 5/29 layers to GPU', 'CUDA0 model buffer size = 1 MiB'];
  expect(
    readOffload([...again, 'offloaded 29/29 layers to GPU', 'CUDA0 model buffer size = 9 MiB'])?.layers,
  ).toBe(29);
});
