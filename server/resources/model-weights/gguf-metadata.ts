/**
 * The key-value part of a GGUF header. Keeps only the keys we use; everything else, vocabularies above all, is
 * passed over without being held. Format: ggml's docs/gguf.md.
 */
import type { ByteReader } from './byte-reader.ts';
import { COUNTED_KEYS, SHAPE_KEYS } from './gguf-shape.ts';
import { scalarBytes, VALUE_ARRAY, VALUE_STRING } from './gguf-types.ts';
import { corrupt, plain } from './words.ts';

const MAX_STRING_BYTES = 16 * 1024 * 1024;
const MAX_KEY_BYTES = 65_535;
const MAX_ARRAY_LENGTH = 16 * 1024 * 1024;
const MAX_ARRAY_DEPTH = 3;
/** Lists in one list; no model has any, and each costs more than its bytes. */
const MAX_INNER_ARRAYS = 65_536;
/** Longest text and most values we hold: names and per-layer numbers, never a vocabulary. */
const MAX_HELD_TEXT_BYTES = 1024;
const MAX_HELD_VALUES = 4096;

const TEXT_KEYS = new Set(['general.architecture', 'general.name', 'general.license', 'general.type']);
const NUMBER_KEYS = new Set([
  'general.file_type',
  'general.alignment',
  'split.no',
  'split.count',
  'split.tensors.count',
]);
/** Keys that carry the architecture's name in front, e.g. `llama.context_length`. */
const MODEL_KEY =
  /^[\w-]{1,64}\.(context_length|block_count|embedding_length|pooling_type|attention\.(head_count|head_count_kv|key_length|value_length))$/;
const OWN_KEY = /^[\w-]{1,64}\.(.+)$/;
const CHAT_TEMPLATE = 'tokenizer.chat_template';
const MAX_HELD_KEYS = 256;
const MAX_HELD_LISTS = 16;

export interface Metadata {
  texts: Map<string, string>;
  /** Unsigned integers; of a per-layer array, the largest. */
  numbers: Map<string, number>;
  /** All values of those per-layer arrays, booleans as 0 and 1. */
  lists: Map<string, number[]>;
  hasChatTemplate: boolean;
}

export async function readMetadata(reader: ByteReader, count: number): Promise<Metadata> {
  const metadata: Metadata = {
    texts: new Map(),
    numbers: new Map(),
    lists: new Map(),
    hasChatTemplate: false,
  };
  for (let index = 0; index < count; index += 1) {
    const keyLength = await reader.u64();
    if (keyLength === null || keyLength === 0 || keyLength > MAX_KEY_BYTES)
      throw corrupt(reader.path, `metadata key ${index + 1} of ${count} has an impossible length`);
    const key = (await reader.bytes(keyLength)).toString('utf8');
    await readValue(reader, key, await reader.u32(), metadata);
  }
  return metadata;
}

async function readValue(reader: ByteReader, key: string, type: number, into: Metadata): Promise<void> {
  const wantsNumber =
    NUMBER_KEYS.has(key) || MODEL_KEY.test(key) || SHAPE_KEYS.has(OWN_KEY.exec(key)?.[1] ?? '');
  const room = into.numbers.size < MAX_HELD_KEYS;
  if (type === VALUE_STRING) {
    const length = await stringLength(reader, key);
    if (key === CHAT_TEMPLATE) into.hasChatTemplate = length > 0;
    if (TEXT_KEYS.has(key) && length <= MAX_HELD_TEXT_BYTES)
      into.texts.set(key, plain((await reader.bytes(length)).toString('utf8'), 200));
    else reader.skip(length);
    return;
  }
  if (type === VALUE_ARRAY) {
    const { length, values } = await readArray(reader, key, 1, wantsNumber && room);
    if (COUNTED_KEYS.has(key)) into.numbers.set(key, length);
    if (values.length === 0) return;
    into.numbers.set(key, Math.max(...values));
    if (into.lists.size < MAX_HELD_LISTS) into.lists.set(key, values);
    return;
  }
  const value = await readScalar(reader, key, type);
  if (wantsNumber && room && value !== null) into.numbers.set(key, value);
}

async function stringLength(reader: ByteReader, key: string): Promise<number> {
  const length = await reader.u64();
  if (length === null || length > MAX_STRING_BYTES)
    throw corrupt(reader.path, `the text under "${plain(key, 80)}" is over 16 MB long`);
  return length;
}

/** Passes over an array; with `hold`, the values are its integers and booleans, unless one of them is neither. */
async function readArray(
  reader: ByteReader,
  key: string,
  depth: number,
  hold: boolean,
): Promise<{ length: number; values: number[] }> {
  const type = await reader.u32();
  const length = await reader.u64();
  if (length === null || length > MAX_ARRAY_LENGTH)
    throw corrupt(reader.path, `the list under "${plain(key, 80)}" has an impossible length`);
  if (type === VALUE_STRING) {
    await reader.skipStrings(length, MAX_STRING_BYTES);
    return { length, values: [] };
  }
  if (type === VALUE_ARRAY) {
    if (depth >= MAX_ARRAY_DEPTH)
      throw corrupt(reader.path, `the list under "${plain(key, 80)}" is nested too deep`);
    if (length > MAX_INNER_ARRAYS >> (12 * (depth - 1)))
      throw corrupt(reader.path, `the list under "${plain(key, 80)}" holds too many lists`);
    for (let index = 0; index < length; index += 1) await readArray(reader, key, depth + 1, false);
    return { length, values: [] };
  }
  const bytes = scalarBytes(type);
  if (bytes === undefined) throw unknownType(reader, key, type);
  if (!hold || length > MAX_HELD_VALUES) {
    reader.skip(length * bytes);
    return { length, values: [] };
  }
  const values: number[] = [];
  for (let index = 0; index < length; index += 1) {
    const value = await readScalar(reader, key, type);
    if (value !== null) values.push(value);
  }
  // Holes would move the values to other layers.
  return { length, values: values.length === length ? values : [] };
}

/** Integer types 0–5, 10 and 11 as a number when it is not negative, a boolean as 0 or 1; floats and the rest as null. */
async function readScalar(reader: ByteReader, key: string, type: number): Promise<number | null> {
  const bytes = scalarBytes(type);
  if (bytes === undefined) throw unknownType(reader, key, type);
  if (bytes === 8 && type !== 12) return reader.u64();
  const raw = await reader.bytes(bytes);
  if (type === 6 || type === 12) return null;
  if (type === 7) return raw[0] === 0 ? 0 : 1;
  const signed = type === 1 || type === 3 || type === 5;
  const value = signed ? raw.readIntLE(0, bytes) : raw.readUIntLE(0, bytes);
  return value >= 0 ? value : null;
}

function unknownType(reader: ByteReader, key: string, type: number): Error {
  return corrupt(reader.path, `the value under "${plain(key, 80)}" has the unknown type ${type}`);
}
