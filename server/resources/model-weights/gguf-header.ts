/**
 * Our own reader of GGUF headers (versions 2 and 3, little-endian), made for files from strangers: every count and
 * length is capped, memory stays under 1 MB, and tensor data must lie inside the file. Format: ggml's docs/gguf.md.
 */
import type { FileHandle } from 'node:fs/promises';
import { isLabError } from '../../lib/errors.ts';
import { ByteReader } from './byte-reader.ts';
import { openQuietly } from './open-quietly.ts';
import { readMetadata, type Metadata } from './gguf-metadata.ts';
import { shapeOf, type ModelShape } from './gguf-shape.ts';
import { blockOf, isRepacked, quantizationName } from './gguf-types.ts';
import { corrupt, fileError, plain, truncated, weightsError } from './words.ts';

const MAGIC = 'GGUF';
const MAX_PAIRS = 65_536;
const MAX_TENSORS = 131_072;
const MAX_DIMS = 4;
const MAX_TENSOR_NAME_BYTES = 1024;
const MAX_ALIGNMENT = 65_536;
/** Smallest possible sizes in bytes, by which an absurd count is seen before the first entry is read. */
const MIN_PAIR_BYTES = 8 + 1 + 4 + 1;
const MIN_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;

/** What the header says. Null where the file does not say it. */
export interface GgufHeader {
  version: number;
  sizeBytes: number;
  /** Kind of file: `model`, `mmproj`, `adapter`, `imatrix`. */
  type: string | null;
  architecture: string | null;
  name: string | null;
  licence: string | null;
  /** llama.cpp's name of `general.file_type`, e.g. `Q4_K_M`. */
  quantization: string | null;
  contextLength: number | null;
  blockCount: number | null;
  embeddingLength: number | null;
  /** llama.cpp's enum llama_pooling_type: 0 none, 1 mean, 2 cls, 3 last, 4 rank. */
  poolingType: number | null;
  /** Where layers differ, the largest. */
  headCount: number | null;
  headCountKv: number | null;
  keyLength: number | null;
  valueLength: number | null;
  hasChatTemplate: boolean;
  tensors: number;
  /** Elements of all tensors in this file. */
  parameters: number;
  /** Bytes of the matrices that llama.cpp keeps a second time, rearranged for the processor. */
  repackedBytes: number;
  /** Layers, heads and windows: what memory depends on. */
  shape: ModelShape;
  /** `split.no` counts from 0. */
  split: { no: number; count: number; tensors: number | null } | null;
}

/** Throws `weights_not_gguf`, `weights_version`, `weights_big_endian`, `weights_corrupt`, `weights_truncated`, or what the system said. */
export async function readGgufHeader(path: string): Promise<GgufHeader> {
  let handle: FileHandle | undefined;
  try {
    handle = await openQuietly(path);
    const info = await handle.stat();
    if (!info.isFile())
      throw weightsError('weights_not_a_file', `${plain(path)} is not a file.`, 'Name a .gguf file.');
    return await parse(new ByteReader(handle, path, info.size));
  } catch (error) {
    throw isLabError(error) ? error : fileError(path, error);
  } finally {
    await handle?.close();
  }
}

async function parse(reader: ByteReader): Promise<GgufHeader> {
  const version = await readVersion(reader);
  const tensorCount = await readCount(reader, 'tensors', MAX_TENSORS, MIN_TENSOR_BYTES);
  const pairCount = await readCount(reader, 'metadata entries', MAX_PAIRS, MIN_PAIR_BYTES);
  const metadata = await readMetadata(reader, pairCount);
  const { parameters, repackedBytes } = await readTensors(reader, tensorCount, alignmentOf(reader, metadata));
  const { texts, numbers } = metadata;
  const architecture = texts.get('general.architecture') ?? null;
  const own = (key: string) =>
    architecture === null ? null : (numbers.get(`${architecture}.${key}`) ?? null);
  const splitCount = numbers.get('split.count') ?? 0;
  return {
    version,
    sizeBytes: reader.size,
    type: texts.get('general.type') ?? null,
    architecture,
    name: texts.get('general.name') ?? null,
    licence: texts.get('general.license') ?? null,
    quantization: quantizationName(numbers.get('general.file_type') ?? null),
    contextLength: own('context_length'),
    blockCount: own('block_count'),
    embeddingLength: own('embedding_length'),
    poolingType: own('pooling_type'),
    headCount: own('attention.head_count'),
    headCountKv: own('attention.head_count_kv'),
    keyLength: own('attention.key_length'),
    valueLength: own('attention.value_length'),
    hasChatTemplate: metadata.hasChatTemplate,
    tensors: tensorCount,
    parameters,
    repackedBytes,
    shape: shapeOf(metadata, architecture),
    split:
      splitCount > 1
        ? {
            no: numbers.get('split.no') ?? 0,
            count: splitCount,
            tensors: numbers.get('split.tensors.count') ?? null,
          }
        : null,
  };
}

async function readVersion(reader: ByteReader): Promise<number> {
  const where = plain(reader.path);
  if (reader.size < MAGIC.length || (await reader.bytes(MAGIC.length)).toString('latin1') !== MAGIC)
    throw weightsError(
      'weights_not_gguf',
      `${where} is not a GGUF file: it does not begin with "GGUF".`,
      'Choose a model in GGUF format (a file that ends in .gguf).',
    );
  const version = await reader.u32();
  if (version !== 0 && (version & 0xff_ff) === 0)
    throw weightsError(
      'weights_big_endian',
      `${where} is a GGUF file for big-endian machines.`,
      'Choose the usual little-endian file of this model.',
    );
  if (version !== 2 && version !== 3)
    throw weightsError(
      'weights_version',
      `${where} has GGUF version ${version}; versions 2 and 3 can be read.`,
      version === 1
        ? 'Choose a newer conversion of this model (GGUF version 3).'
        : 'Choose a GGUF version 3 file, or update ailab-web if this format is newer than it.',
    );
  return version;
}

async function readCount(reader: ByteReader, what: string, max: number, minBytes: number): Promise<number> {
  const count = await reader.u64();
  if (count === null || count > max)
    throw corrupt(reader.path, `it claims ${count ?? 'over 2^53'} ${what}; at most ${max} are possible`);
  if (count * minBytes > reader.left) throw truncated(reader.path, null, reader.size);
  return count;
}

function alignmentOf(reader: ByteReader, metadata: Metadata): number {
  const alignment = metadata.numbers.get('general.alignment') ?? 32;
  if (alignment === 0 || alignment > MAX_ALIGNMENT || (alignment & (alignment - 1)) !== 0)
    throw corrupt(reader.path, `its alignment is ${alignment}, not a power of two`);
  return alignment;
}

/** Reads the tensor list and checks that all of their data is in the file. */
async function readTensors(
  reader: ByteReader,
  count: number,
  alignment: number,
): Promise<Pick<GgufHeader, 'parameters' | 'repackedBytes'>> {
  let parameters = 0;
  let repackedBytes = 0;
  let dataBytes = 0;
  for (let index = 0; index < count; index += 1) {
    const tensor = await readTensor(reader, `tensor ${index + 1} of ${count}`);
    if (tensor.offset % alignment !== 0)
      throw corrupt(reader.path, `the data of tensor ${index + 1} of ${count} is not aligned`);
    parameters += tensor.elements;
    if (tensor.repacked) repackedBytes += tensor.bytes ?? 0;
    // A type we don't know has a size we don't know; its data begins inside the file at least.
    dataBytes = Math.max(dataBytes, tensor.offset + (tensor.bytes ?? Math.min(1, tensor.elements)));
  }
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  const needed = dataBytes === 0 ? reader.position : dataStart + dataBytes;
  if (!Number.isSafeInteger(parameters) || !Number.isSafeInteger(needed))
    throw corrupt(reader.path, 'its tensors are impossibly large');
  if (needed > reader.size) throw truncated(reader.path, needed, reader.size);
  return { parameters, repackedBytes };
}

interface TensorInfo {
  elements: number;
  offset: number;
  /** Undefined for a type of unknown size. */
  bytes: number | undefined;
  repacked: boolean;
}

async function readTensor(reader: ByteReader, which: string): Promise<TensorInfo> {
  const nameLength = await reader.u64();
  if (nameLength === null || nameLength > MAX_TENSOR_NAME_BYTES)
    throw corrupt(reader.path, `the name of ${which} has an impossible length`);
  const name = (await reader.bytes(nameLength)).toString('latin1');
  const dims = await reader.u32();
  if (dims > MAX_DIMS)
    throw corrupt(reader.path, `${which} has ${dims} dimensions; at most ${MAX_DIMS} are possible`);
  let elements = 1;
  let rowLength = 1;
  for (let dim = 0; dim < dims; dim += 1) {
    const length = await reader.u64();
    if (length === null || !Number.isSafeInteger(elements * length))
      throw corrupt(reader.path, `${which} is impossibly large`);
    if (dim === 0) rowLength = length;
    elements *= length;
  }
  const type = await reader.u32();
  const block = blockOf(type);
  const offset = await reader.u64();
  if (offset === null) throw corrupt(reader.path, `the data of ${which} lies at an impossible place`);
  if (block === undefined) return { elements, offset, bytes: undefined, repacked: false };
  if (rowLength % block[0] !== 0)
    throw corrupt(reader.path, `the rows of ${which} do not fit its type's blocks`);
  const bytes = (elements / block[0]) * block[1];
  if (!Number.isSafeInteger(bytes)) throw corrupt(reader.path, `${which} is impossibly large`);
  // Rows of the embedding are looked up, not multiplied.
  const repacked = dims > 1 && isRepacked(type) && !name.startsWith('token_embd.');
  return { elements, offset, bytes, repacked };
}
