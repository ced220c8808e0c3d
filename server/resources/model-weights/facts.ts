/** What a model file is, read from the headers of all its parts and checked against the files. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { isLabError, type LabError } from '../../lib/errors.ts';
import { readGgufHeader, type GgufHeader } from './gguf-header.ts';
import type { ModelShape } from './gguf-shape.ts';
import { splitParts } from './locate-path.ts';
import { corrupt, fileError, plain, weightsError } from './words.ts';
import { keepNewest } from '../../lib/keep-newest.ts';

/** Null where the file does not say it. Sizes in bytes, lengths in tokens. */
export interface WeightsFacts {
  /** File the runtime is given; of a split model, the first part. */
  path: string;
  /** All files in order. */
  parts: string[];
  sizeBytes: number;
  architecture: string;
  name: string | null;
  licence: string | null;
  parameters: number;
  quantization: string | null;
  contextLength: number | null;
  blockCount: number | null;
  embeddingLength: number | null;
  /** llama.cpp's enum llama_pooling_type. */
  poolingType: number | null;
  headCount: number | null;
  headCountKv: number | null;
  keyLength: number | null;
  valueLength: number | null;
  hasChatTemplate: boolean;
  ggufVersion: number;
  tensors: number;
  /** Bytes that are held a second time, rearranged for the processor. */
  repackedBytes: number;
  /** Of the first part, which carries the model's metadata. */
  shape: ModelShape;
}

const NOT_MODELS: Readonly<Record<string, string>> = {
  mmproj: 'a vision or audio projector',
  adapter: 'a LoRA adapter',
  imatrix: 'an importance matrix',
};

/**
 * Throws `weights_truncated`, `weights_not_gguf`, `weights_version`, `weights_corrupt`, `weights_sidecar`,
 * `weights_parts_missing` and the like. A header is read once per (path, size, mtime).
 */
export async function readWeights(path: string): Promise<WeightsFacts> {
  const parts = await splitParts(path);
  const headers: GgufHeader[] = [];
  for (const part of parts) headers.push(await cachedHeader(part));
  const [first] = headers;
  const main = parts[0] ?? path;
  if (first === undefined) throw corrupt(path, 'it has no parts');
  checkIsModel(main, first);
  checkSplit(parts, headers);
  const sum = (of: (header: GgufHeader) => number) =>
    headers.reduce((total, header) => total + of(header), 0);
  const tensors = sum((header) => header.tensors);
  if (tensors === 0) throw corrupt(main, 'it holds no tensors, only a vocabulary or metadata');
  if (first.architecture === null) throw corrupt(main, 'it does not say its architecture');
  const { version, type: _type, split: _split, ...told } = first;
  return {
    ...told,
    path: main,
    parts,
    sizeBytes: sum((header) => header.sizeBytes),
    architecture: first.architecture,
    parameters: sum((header) => header.parameters),
    repackedBytes: sum((header) => header.repackedBytes),
    ggufVersion: version,
    tensors,
  };
}

function checkIsModel(path: string, header: GgufHeader): void {
  const kind =
    NOT_MODELS[header.type ?? ''] ?? (header.architecture === 'clip' ? NOT_MODELS['mmproj'] : undefined);
  if (kind !== undefined)
    throw weightsError(
      'weights_sidecar',
      `${plain(path)} is not a model of its own: its header says it is ${kind}.`,
      'Name the model file itself.',
    );
}

/** The parts must say what their names say, and hold the tensors the first part promises. */
function checkSplit(parts: readonly string[], headers: readonly GgufHeader[]): void {
  const [first] = headers;
  if (first?.split !== null && first?.split !== undefined && first.split.count !== parts.length)
    throw weightsError(
      'weights_parts_missing',
      `${plain(parts[0] ?? '')} says it is one of ${first.split.count} files, but its name says ${parts.length}.`,
      'Download the model again with its original file names (name-00001-of-0000N.gguf).',
    );
  if (parts.length < 2) return;
  for (const [index, header] of headers.entries()) {
    if (header.split?.no !== index || header.split.count !== parts.length)
      throw corrupt(parts[index] ?? '', `it does not say it is part ${index + 1} of ${parts.length}`);
  }
  const promised = first?.split?.tensors ?? null;
  const held = headers.reduce((total, header) => total + header.tensors, 0);
  if (promised !== null && promised !== held)
    throw corrupt(parts[0] ?? '', `its ${parts.length} parts hold ${held} tensors instead of ${promised}`);
}

const MAX_CACHED = 1024;
const cache = new Map<string, { key: string; outcome: Promise<GgufHeader> }>();

async function cachedHeader(path: string): Promise<GgufHeader> {
  let key: string;
  try {
    const info = await stat(path, { bigint: true });
    if (info.isFile() && info.size === 0n) throw emptyPart(path);
    key = `${info.size}:${info.mtimeNs}`;
  } catch (error) {
    throw isLabError(error) ? error : fileError(path, error);
  }
  const known = cache.get(path);
  if (known?.key === key) return known.outcome;
  const outcome = readGgufHeader(path);
  keepNewest(cache, path, { key, outcome }, MAX_CACHED);
  // A file we could not read may be readable the next time without a change of size or time.
  outcome.catch((error: unknown) => {
    const lasting = isLabError(error) && error.code !== 'weights_unreadable' && error.code !== 'weights_io';
    if (!lasting && cache.get(path)?.outcome === outcome) cache.delete(path);
  });
  return outcome;
}

function emptyPart(path: string): LabError {
  return weightsError(
    'weights_zero_bytes',
    `${plain(path)} is empty (0 bytes).`,
    `Delete ${plain(basename(path))} and download it again.`,
  );
}
