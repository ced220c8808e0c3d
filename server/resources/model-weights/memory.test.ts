import { expect, test } from 'vitest';
import type { WeightsFacts } from './facts.ts';
import type { ModelShape } from './gguf-shape.ts';
import { estimateMemory, largestContext, slidingLayers } from './memory.ts';

const SHAPE: ModelShape = {
  vocabulary: 0,
  merges: null,
  feedForward: 1536,
  layerHeadsKv: null,
  slidingWindow: null,
  slidingPattern: null,
  slidingKeyLength: null,
  slidingValueLength: null,
  sharedKvLayers: null,
  ssm: null,
};

function model(over: Partial<WeightsFacts> = {}, shape: Partial<ModelShape> = {}): WeightsFacts {
  return {
    path: '/m.gguf',
    parts: ['/m.gguf'],
    sizeBytes: 1e6,
    architecture: 'llama',
    name: null,
    licence: null,
    parameters: 1,
    quantization: null,
    contextLength: 8192,
    blockCount: 32,
    embeddingLength: 960,
    poolingType: null,
    headCount: 15,
    headCountKv: 5,
    keyLength: null,
    valueLength: null,
    hasChatTemplate: true,
    ggufVersion: 3,
    tensors: 1,
    repackedBytes: 0,
    shape: { ...SHAPE, ...shape },
    ...over,
  };
}

const kv = (facts: WeightsFacts, context: number) =>
  estimateMemory(facts, context, 'llama-server').need.kvCache;

test('the cache of SmolLM2-360M takes the 40 KiB a token that it is known to take', () => {
  expect(kv(model(), 4096)).toBe(4096 * 40 * 1024);
});

test('key length goes before embedding ÷ heads; cells come in steps of 256', () => {
  expect(kv(model({ keyLength: 128, valueLength: 64 }), 300)).toBe(32 * 5 * (128 + 64) * 2 * 512);
});

test('a layer without heads keeps nothing', () => {
  const layers = Array.from({ length: 32 }, (_, at) => (at % 4 === 0 ? 5 : 0));
  expect(kv(model({}, { layerHeadsKv: layers }), 4096)).toBe((4096 * 40 * 1024) / 4);
});

test('sliding layers keep window and batch, by the pattern of the architecture or of the file', () => {
  const sliding = { slidingWindow: 512 };
  const gemma = slidingLayers(model({ architecture: 'gemma3' }, sliding));
  expect([0, 4, 5, 6, 11].map(gemma)).toEqual([true, true, false, true, false]);
  expect(slidingLayers(model({ architecture: 'gemma3' }))(0)).toBe(false);
  expect([0, 1, 2].map(slidingLayers(model({}, { ...sliding, slidingPattern: [0, 1] })))).toEqual([
    false,
    true,
    false,
  ]);
  const row = 5 * 128 * 2;
  expect(kv(model({ architecture: 'gemma3', blockCount: 6 }, sliding), 8192)).toBe(row * (8192 + 5 * 1024));
});

test('a file that does not tell its layers says so', () => {
  expect(estimateMemory(model({ blockCount: null }), 4096, 'llama-server').notes).toHaveLength(1);
});

test('the largest context is the last step that fits', () => {
  const facts = model();
  const room = estimateMemory(facts, 2048, 'node-llama-cpp').need.total;
  expect(largestContext(facts, 'node-llama-cpp', room, 8192)).toBe(2048);
  expect(largestContext(facts, 'node-llama-cpp', 1000, 8192)).toBe(0);
  expect(largestContext(facts, 'node-llama-cpp', 1e12, 8192)).toBe(8192);
});
