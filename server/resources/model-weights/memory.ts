/**
 * How much memory a model needs at a context size, from its header. Sources: llama.cpp's llama-kv-cache.cpp (cells and
 * rows of the cache, f16), llama-kv-cache-iswa.cpp (cells of sliding layers), llama-hparams.cpp (which layers slide);
 * buffers and programs as measured, see e2e/models/fit.test.ts, which holds the sum against real processes.
 */
import type { MemoryNeed } from '../../schemas/inventory.ts';
import type { WeightsFacts } from './facts.ts';

export type RuntimeKind = 'llama-server' | 'node-llama-cpp';

export interface MemoryEstimate {
  need: MemoryNeed;
  /** What it does not know about this model, in words. */
  notes: string[];
}

/** Bytes of an f16 and of an f32. */
const HALF = 2;
const FLOAT = 4;
/** Cells are made in steps of this. */
const CELL_STEP = 256;
/** Tokens per batch: of llama.cpp for sliding windows, and of each runtime when it reads a prompt. */
const UBATCH = 512;
const PROMPT_BATCH: Record<RuntimeKind, number> = { 'llama-server': 512, 'node-llama-cpp': 64 };
/** Resident program and libraries, and bytes for each token and merge of the vocabulary. Measured, x64 Linux. */
const PROGRAM: Record<RuntimeKind, { base: number; entry: number }> = {
  'llama-server': { base: 21.5e6, entry: 190 },
  'node-llama-cpp': { base: 131e6, entry: 680 },
};

/** Every Nth layer is not sliding, where the file does not say so itself (llama.cpp's load_hparams). */
const PATTERNS: Readonly<Record<string, number>> = {
  gemma2: 2,
  gemma3: 6,
  gemma3n: 5,
  'gemma-embedding': 6,
  cohere2: 4,
  'gpt-oss': 2,
  llama4: 4,
  exaone4: 4,
  olmo2: 4,
  smallthinker: 4,
  afmoe: 4,
};

export function estimateMemory(
  facts: WeightsFacts,
  contextSize: number,
  runtime: RuntimeKind,
): MemoryEstimate {
  const notes: string[] = [];
  const kvCache = kvCacheBytes(facts, contextSize, notes) + recurrentBytes(facts);
  const compute = computeBytes(facts, contextSize, runtime);
  const { vocabulary, merges } = facts.shape;
  const program = PROGRAM[runtime];
  const runtimeBytes = program.base + program.entry * ((vocabulary ?? 0) + (merges ?? 0));
  const weights = facts.sizeBytes + facts.repackedBytes;
  const total = weights + kvCache + compute + runtimeBytes;
  return { need: { weights, kvCache, compute, runtime: runtimeBytes, total }, notes };
}

interface Heads {
  heads: number;
  key: number;
  value: number;
}

/** llama.cpp's own rules: key and value length are embedding ÷ heads unless the file says otherwise. */
function headsOf({ headCount, embeddingLength, keyLength, valueLength }: WeightsFacts): Heads {
  const heads = headCount ?? 0;
  const even = heads === 0 ? 0 : Math.floor((embeddingLength ?? 0) / heads);
  return { heads, key: keyLength ?? even, value: valueLength ?? even };
}

/** Layers × cells × (key row + value row), each layer by its own heads and window. */
function kvCacheBytes(facts: WeightsFacts, contextSize: number, notes: string[]): number {
  const { shape } = facts;
  const layers = Math.min(facts.blockCount ?? 0, 4096);
  const { heads, key, value } = headsOf(facts);
  if (layers === 0 || heads === 0) {
    if (shape.ssm === null)
      notes.push('The file does not tell its layers and heads: the KV cache is not counted.');
    return 0;
  }
  const cells = padded(contextSize);
  const window = shape.slidingWindow ?? 0;
  const slidingCells = Math.min(cells, padded(window + UBATCH));
  const slides = slidingLayers(facts);
  let bytes = 0;
  for (let layer = 0; layer < layers - (shape.sharedKvLayers ?? 0); layer += 1) {
    const kvHeads = shape.layerHeadsKv?.[layer] ?? facts.headCountKv ?? heads;
    const sliding = slides(layer);
    const row = sliding ? (shape.slidingKeyLength ?? key) + (shape.slidingValueLength ?? value) : key + value;
    bytes += (sliding ? slidingCells : cells) * kvHeads * row * HALF;
  }
  return bytes;
}

/** Which layers keep a window only. A list says it for each layer; a number N leaves out every Nth. */
export function slidingLayers({ architecture, shape }: WeightsFacts): (layer: number) => boolean {
  const pattern = shape.slidingPattern ?? PATTERNS[architecture] ?? null;
  if ((shape.slidingWindow ?? 0) === 0 || pattern === null) return () => false;
  if (typeof pattern === 'number') return (layer) => pattern === 0 || layer % pattern < pattern - 1;
  return (layer) => pattern[layer % pattern.length] === 1;
}

/** Mamba-like layers keep a state of fixed size, in f32 (llama-hparams.cpp: n_embd_r and n_embd_s). */
function recurrentBytes({ shape, blockCount }: WeightsFacts): number {
  if (shape.ssm === null) return 0;
  const { conv, inner, state, groups } = shape.ssm;
  const recurrent =
    shape.layerHeadsKv === null
      ? (blockCount ?? 0)
      : shape.layerHeadsKv.filter((kvHeads) => kvHeads === 0).length;
  const convolution = Math.max(0, conv - 1) * (inner + 2 * groups * state);
  return Math.min(recurrent, 4096) * (convolution + inner * state) * FLOAT;
}

/**
 * What a batch of a prompt touches: three feed-forward rows and six of the width for each token, a row of logits, and
 * without flash attention (node-llama-cpp) the scores of each head against the whole context, twice.
 */
function computeBytes(facts: WeightsFacts, contextSize: number, runtime: RuntimeKind): number {
  const { heads, key } = headsOf(facts);
  const width = Math.max(facts.embeddingLength ?? 0, heads * key);
  const batch = Math.min(PROMPT_BATCH[runtime], contextSize);
  const rows = batch * (3 * (facts.shape.feedForward ?? 4 * width) + 6 * width);
  const scores = runtime === 'node-llama-cpp' ? 2 * heads * padded(contextSize) * batch : 0;
  return (rows + scores + (facts.shape.vocabulary ?? 0)) * FLOAT;
}

function padded(cells: number): number {
  return Math.ceil(cells / CELL_STEP) * CELL_STEP;
}

/** The largest context, in steps of 256 and at most `most`, with which `room` bytes are enough; 0 when none is. */
export function largestContext(
  facts: WeightsFacts,
  runtime: RuntimeKind,
  room: number,
  most: number,
): number {
  const fits = (steps: number) => estimateMemory(facts, steps * CELL_STEP, runtime).need.total <= room;
  let low = 0;
  let high = Math.floor(most / CELL_STEP);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low * CELL_STEP;
}
