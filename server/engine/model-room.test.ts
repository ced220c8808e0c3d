import { expect, test } from 'vitest';
import { fitReport } from './model-fit.ts';
import { parseGpus } from './model-room.ts';
import type { WeightsFacts } from '../resources/model-weights/facts.ts';

test('nvidia-smi: the GPU with the most free memory; what is no line of numbers is none', () => {
  expect(parseGpus('NVIDIA A, 8192, 100\nNVIDIA H100 80GB HBM3, 81559, 81008\n')).toEqual({
    of: 'gpu',
    name: 'NVIDIA H100 80GB HBM3',
    totalBytes: 81_559 * 1024 ** 2,
    freeBytes: 81_008 * 1024 ** 2,
  });
  expect(parseGpus('Failed to initialize NVML: Driver/library version mismatch')).toBeNull();
});

const facts = {
  sizeBytes: 4e9,
  repackedBytes: 1e9,
  contextLength: 8192,
  blockCount: 32,
  headCount: 32,
  headCountKv: 8,
  embeddingLength: 4096,
  poolingType: null,
  keyLength: null,
  valueLength: null,
  architecture: 'llama',
  shape: {
    vocabulary: 32_000,
    merges: 0,
    feedForward: 14_336,
    layerHeadsKv: null,
    slidingWindow: null,
    slidingPattern: null,
    slidingKeyLength: null,
    slidingValueLength: null,
    sharedKvLayers: null,
    ssm: null,
  },
} as unknown as WeightsFacts;
const room = (of: 'memory' | 'gpu', freeBytes: number) => ({ of, freeBytes, totalBytes: 8e9, name: 'it' });
const fit = (of: 'memory' | 'gpu', freeBytes: number) =>
  fitReport(facts, { title: 'M', contextSize: 4096, runtime: 'llama-server', room: room(of, freeBytes) });

test('a GPU is not asked for the program and the rearranged copy; too little is told with a size that fits', () => {
  expect(fit('memory', 5e9)).toMatchObject({ fits: false, largestContext: 0 });
  expect(fit('memory', 5.5e9)).toMatchObject({ fits: false });
  expect(fit('memory', 5.5e9).largestContext).toBeGreaterThan(512);
  expect(fit('memory', 5.5e9).fix).toMatch(/^Set context_size to [\d,]+ or less.*started anyway/);
  expect(fit('gpu', 5e9)).toMatchObject({ fits: true, fix: '' });
});
