/**
 * The part of a header that memory depends on: layers, heads and windows, as the file says them. Keys: ggml's
 * docs/gguf.md and llama.cpp's llama-arch.cpp. What they mean for memory is in memory.ts.
 */
import type { Metadata } from './gguf-metadata.ts';

/** Null where the header does not say it. */
export interface ModelShape {
  /** Tokens of the vocabulary, and the merges that make them. */
  vocabulary: number | null;
  merges: number | null;
  /** Where layers differ, the largest. */
  feedForward: number | null;
  /** Key-value heads of each layer, where layers differ; 0 is a layer without attention. */
  layerHeadsKv: number[] | null;
  /** Tokens that a sliding layer looks back. */
  slidingWindow: number | null;
  /** Every Nth layer sees the whole context, or 1 for each layer that slides and 0 for each that does not. */
  slidingPattern: number | number[] | null;
  /** Length of a sliding layer's keys and values, where it is another one. */
  slidingKeyLength: number | null;
  slidingValueLength: number | null;
  /** Layers at the end that use the cache of earlier ones. */
  sharedKvLayers: number | null;
  /** Recurrent state of Mamba-like layers. */
  ssm: { conv: number; inner: number; state: number; groups: number } | null;
}

const OWN = [
  'feed_forward_length',
  'attention.sliding_window',
  'attention.sliding_window_pattern',
  'attention.key_length_swa',
  'attention.value_length_swa',
  'attention.shared_kv_layers',
  'ssm.conv_kernel',
  'ssm.inner_size',
  'ssm.state_size',
  'ssm.group_count',
] as const;
type Own = (typeof OWN)[number] | 'attention.head_count_kv';

/** For the reader of metadata: the keys, without the architecture in front, that the shape is made of. */
export const SHAPE_KEYS: ReadonlySet<string> = new Set(OWN);
const TOKENS = 'tokenizer.ggml.tokens';
const MERGES = 'tokenizer.ggml.merges';
/** Lists of which only the length is wanted. */
export const COUNTED_KEYS: ReadonlySet<string> = new Set([TOKENS, MERGES]);

export function shapeOf({ numbers, lists }: Metadata, architecture: string | null): ModelShape {
  const number = (key: Own) =>
    architecture === null ? null : (numbers.get(`${architecture}.${key}`) ?? null);
  const list = (key: Own) => (architecture === null ? null : (lists.get(`${architecture}.${key}`) ?? null));
  const inner = number('ssm.inner_size');
  return {
    vocabulary: numbers.get(TOKENS) ?? null,
    merges: numbers.get(MERGES) ?? null,
    feedForward: number('feed_forward_length'),
    layerHeadsKv: list('attention.head_count_kv'),
    slidingWindow: number('attention.sliding_window'),
    slidingPattern: list('attention.sliding_window_pattern') ?? number('attention.sliding_window_pattern'),
    slidingKeyLength: number('attention.key_length_swa'),
    slidingValueLength: number('attention.value_length_swa'),
    sharedKvLayers: number('attention.shared_kv_layers'),
    ssm:
      inner === null
        ? null
        : {
            conv: number('ssm.conv_kernel') ?? 0,
            inner,
            state: number('ssm.state_size') ?? 0,
            groups: number('ssm.group_count') ?? 0,
          },
  };
}
