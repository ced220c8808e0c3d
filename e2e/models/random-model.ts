/**
 * GGUF files that a real runtime loads: the tensors of an architecture in the shapes asked for, filled with noise. They
 * know nothing and weigh what a model of that shape weighs. Tensor names: llama.cpp's llama-arch.cpp.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { blockOf } from '../../server/resources/model-weights/gguf-types.ts';
import {
  array,
  ggufHeader,
  num,
  text,
  type FixtureTensor,
  type Value,
} from '../../server/resources/model-weights/gguf-fixture.ts';

export interface Shape {
  architecture: 'llama' | 'qwen3' | 'gemma3';
  layers: number;
  embedding: number;
  heads: number;
  kvHeads: number;
  headLength: number;
  feedForward: number;
  vocabulary: number;
  contextLength: number;
  /** Of the matrices: F16 or Q8_0. */
  type: 'F16' | 'Q8_0';
  slidingWindow?: number;
}

const F32 = 0;
const TYPES = { F16: 1, Q8_0: 8 } as const;

export function writeRandomModel(path: string, shape: Shape): void {
  const tensors = tensorsOf(shape);
  const header = ggufHeader({ metadata: metadataOf(shape), tensors, own: true });
  const file = openSync(path, 'w');
  try {
    writeSync(file, header);
    for (const tensor of tensors) writeTensor(file, tensor);
  } finally {
    closeSync(file);
  }
}

function tensorsOf(shape: Shape): FixtureTensor[] {
  const { architecture, embedding, heads, kvHeads, headLength, feedForward, vocabulary, layers } = shape;
  const matrix = (name: string, ...dims: number[]) => ({
    name: `${name}.weight`,
    dims,
    type: TYPES[shape.type],
  });
  const vector = (name: string, length: number) => ({ name: `${name}.weight`, dims: [length], type: F32 });
  const tensors: FixtureTensor[] = [
    matrix('token_embd', embedding, vocabulary),
    vector('output_norm', embedding),
  ];
  for (let layer = 0; layer < layers; layer += 1) {
    const at = (name: string) => `blk.${layer}.${name}`;
    tensors.push(
      vector(at('attn_norm'), embedding),
      matrix(at('attn_q'), embedding, heads * headLength),
      matrix(at('attn_k'), embedding, kvHeads * headLength),
      matrix(at('attn_v'), embedding, kvHeads * headLength),
      matrix(at('attn_output'), heads * headLength, embedding),
      vector(at('ffn_norm'), embedding),
      matrix(at('ffn_gate'), embedding, feedForward),
      matrix(at('ffn_up'), embedding, feedForward),
      matrix(at('ffn_down'), feedForward, embedding),
    );
    if (architecture !== 'llama')
      tensors.push(vector(at('attn_q_norm'), headLength), vector(at('attn_k_norm'), headLength));
    if (architecture === 'gemma3')
      tensors.push(vector(at('post_attention_norm'), embedding), vector(at('post_ffw_norm'), embedding));
  }
  return tensors;
}

function metadataOf(shape: Shape): Record<string, Value> {
  const own = (key: string) => `${shape.architecture}.${key}`;
  return {
    'general.architecture': text(shape.architecture),
    'general.type': text('model'),
    'general.name': text(`Noise ${shape.architecture}`),
    'general.file_type': num('u32', shape.type === 'F16' ? 1 : 7),
    [own('context_length')]: num('u32', shape.contextLength),
    [own('block_count')]: num('u32', shape.layers),
    [own('embedding_length')]: num('u32', shape.embedding),
    [own('feed_forward_length')]: num('u32', shape.feedForward),
    [own('attention.head_count')]: num('u32', shape.heads),
    [own('attention.head_count_kv')]: num('u32', shape.kvHeads),
    [own('attention.key_length')]: num('u32', shape.headLength),
    [own('attention.value_length')]: num('u32', shape.headLength),
    [own('attention.layer_norm_rms_epsilon')]: num('f32', 1e-5),
    [own('rope.dimension_count')]: num('u32', shape.headLength),
    [own('rope.freq_base')]: num('f32', 10_000),
    ...(shape.slidingWindow === undefined
      ? {}
      : { [own('attention.sliding_window')]: num('u32', shape.slidingWindow) }),
    ...tokenizer(shape.vocabulary),
  };
}

/** A SentencePiece vocabulary: three specials, the 256 bytes, and words that no text holds. */
function tokenizer(size: number): Record<string, Value> {
  const special = ['<unk>', '<s>', '</s>'];
  const tokens = Array.from({ length: size }, (_, id) => {
    if (id < 3) return special[id] ?? '';
    return id < 259 ? `<0x${(id - 3).toString(16).toUpperCase().padStart(2, '0')}>` : `word${id}`;
  });
  const kinds = tokens.map((_, id) => (id === 0 ? 2 : id < 3 ? 3 : id < 259 ? 6 : 1));
  return {
    'tokenizer.ggml.model': text('llama'),
    'tokenizer.ggml.tokens': array(tokens.map(text)),
    'tokenizer.ggml.scores': array(tokens.map((_, id) => num('f32', -id))),
    'tokenizer.ggml.token_type': array(kinds.map((kind) => num('i32', kind))),
    'tokenizer.ggml.bos_token_id': num('u32', 1),
    'tokenizer.ggml.eos_token_id': num('u32', 2),
    'tokenizer.ggml.unknown_token_id': num('u32', 0),
    'tokenizer.ggml.add_bos_token': num('bool', 1),
    'tokenizer.chat_template': text("{% for m in messages %}{{ m['content'] }}\n{% endfor %}"),
  };
}

const CHUNK = 1024;

/** Noise small enough to stay finite through any number of layers; norms are ones. */
function writeTensor(file: number, tensor: FixtureTensor): void {
  const [elements, bytes] = blockOf(tensor.type ?? F32) ?? [1, 4];
  const blocks = tensor.dims.reduce((product, dim) => product * dim, 1) / elements;
  const size = blocks * bytes;
  const chunk = Buffer.concat(
    Array.from({ length: Math.min(blocks, CHUNK) }, () => noise(tensor.type ?? F32)),
  );
  let left = size;
  while (left > 0) left -= writeSync(file, chunk, 0, Math.min(left, chunk.length));
  const padding = (32 - (size % 32)) % 32;
  if (padding > 0) writeSync(file, Buffer.alloc(padding));
}

function noise(type: number): Buffer {
  if (type === F32) {
    const one = Buffer.alloc(4);
    one.writeFloatLE(1);
    return one;
  }
  // f16 0x1c00 is 2^-8 and 0x2000 is 2^-7, either sign.
  const half = () => (Math.random() < 0.5 ? 0x1c_00 : 0x9c_00) + Math.floor(Math.random() * 0x3_ff);
  if (type === TYPES.F16) {
    const value = Buffer.alloc(2);
    value.writeUInt16LE(half());
    return value;
  }
  const block = Buffer.alloc(34);
  block.writeUInt16LE(0x08_00);
  for (let at = 2; at < 34; at += 1) block[at] = Math.floor(Math.random() * 256);
  return block;
}
