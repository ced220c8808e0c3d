/** For tests: writes small GGUF files, sound ones and, with the options, unsound ones. Not part of the product. */
import { blockOf } from './gguf-types.ts';

type Scalar = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'bool' | 'u64' | 'i64' | 'f64';
const TYPE_IDS: Record<Scalar | 'string' | 'array', number> = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
};

/** A metadata value with its GGUF type, ready to be written. */
export interface Value {
  type: number;
  bytes: Buffer;
}

export function num(type: Scalar, value: number): Value {
  const bytes = Buffer.alloc(8);
  if (type === 'f32') bytes.writeFloatLE(value);
  else if (type === 'f64') bytes.writeDoubleLE(value);
  else if (type === 'u64' || type === 'i64') bytes.writeBigInt64LE(BigInt(value));
  else bytes.writeInt32LE(value | 0);
  const size = { u8: 1, i8: 1, bool: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, u64: 8, i64: 8, f64: 8 }[
    type
  ];
  return { type: TYPE_IDS[type], bytes: bytes.subarray(0, size) };
}

export function text(value: string): Value {
  return { type: TYPE_IDS.string, bytes: lengthAndBytes(value) };
}

/** All of one type; an empty array is one of u8. */
export function array(values: readonly Value[]): Value {
  const type = values[0]?.type ?? 0;
  return {
    type: TYPE_IDS.array,
    bytes: Buffer.concat([u32(type), u64(values.length), ...values.map((value) => value.bytes)]),
  };
}

export interface FixtureTensor {
  name: string;
  dims: number[];
  /** ggml type id; 0 is F32. */
  type?: number;
  /** Instead of the right one. */
  offset?: number;
}

export interface FixtureOptions {
  magic?: string;
  version?: number;
  /** Over the tiny llama's own; undefined removes a key. */
  metadata?: Record<string, Value | undefined>;
  tensors?: FixtureTensor[];
  /** Counts to write instead of the right ones. */
  tensorCount?: number | bigint;
  pairCount?: number | bigint;
  alignment?: number;
  /** Only this metadata, without the tiny llama's. */
  own?: boolean;
}

/** A tiny llama of 2,112 parameters: about 13 KB, sound in every respect but that it knows nothing. */
export function buildGguf(options: FixtureOptions = {}): Buffer {
  const { header, dataBytes } = buildParts(options);
  return Buffer.concat([header, Buffer.alloc(dataBytes)]);
}

/** All before the tensors' data; those follow in order, each padded to 32 bytes. */
export function ggufHeader(options: FixtureOptions): Buffer {
  return buildParts(options).header;
}

function buildParts(options: FixtureOptions): { header: Buffer; dataBytes: number } {
  const alignment = options.alignment ?? 32;
  const pairs = Object.entries({ ...(options.own === true ? {} : tinyLlama()), ...options.metadata });
  const metadata = pairs.filter((pair): pair is [string, Value] => pair[1] !== undefined);
  const tensors = options.tensors ?? [
    { name: 'token_embd.weight', dims: [64, 32] },
    { name: 'output_norm.weight', dims: [64] },
  ];
  const infos: Buffer[] = [];
  let end = 0;
  for (const tensor of tensors) {
    const [elements, bytes] = blockOf(tensor.type ?? 0) ?? [1, 1];
    const size = (tensor.dims.reduce((product, dim) => product * dim, 1) / elements) * bytes;
    const offset = tensor.offset ?? Math.ceil(end / alignment) * alignment;
    infos.push(lengthAndBytes(tensor.name), u32(tensor.dims.length), ...tensor.dims.map(u64));
    infos.push(u32(tensor.type ?? 0), u64(offset));
    if (tensor.offset === undefined) end = offset + size;
  }
  const header = Buffer.concat([
    Buffer.from(options.magic ?? 'GGUF', 'latin1'),
    u32(options.version ?? 3),
    u64(options.tensorCount ?? tensors.length),
    u64(options.pairCount ?? metadata.length),
    ...metadata.flatMap(([key, value]) => [lengthAndBytes(key), u32(value.type), value.bytes]),
    ...infos,
  ]);
  const start = Math.ceil(header.length / alignment) * alignment;
  return {
    header: Buffer.concat([header, Buffer.alloc(start - header.length)]),
    dataBytes: Math.ceil(end),
  };
}

/** The parts of a split model, as gguf-split writes them: only the first has the model's own metadata. */
export function buildSplitGguf(count: number): Buffer[] {
  return Array.from({ length: count }, (_, index) =>
    buildGguf({
      metadata: {
        ...(index === 0 ? {} : Object.fromEntries(Object.keys(tinyLlama()).map((key) => [key, undefined]))),
        'split.no': num('u16', index),
        'split.count': num('u16', count),
        'split.tensors.count': num('i32', count),
      },
      tensors: [{ name: `blk.${index}.weight`, dims: [32, 10] }],
    }),
  );
}

function tinyLlama(): Record<string, Value> {
  return {
    'general.architecture': text('llama'),
    'general.type': text('model'),
    'general.name': text('Tiny Llama'),
    'general.license': text('apache-2.0'),
    'general.file_type': num('u32', 15),
    'llama.context_length': num('u32', 2048),
    'llama.block_count': num('u32', 2),
    'llama.embedding_length': num('u32', 64),
    'llama.attention.head_count': num('u32', 4),
    'llama.attention.head_count_kv': num('u32', 2),
    'tokenizer.ggml.tokens': array(Array.from({ length: 200 }, (_, index) => text(`token${index}`))),
    'tokenizer.ggml.token_type': array(Array.from({ length: 200 }, () => num('i32', 1))),
    'tokenizer.chat_template': text('{{ messages }}'),
  };
}

function lengthAndBytes(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
}

function u32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function u64(value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}
