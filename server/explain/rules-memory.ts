/** Memory: of the machine, of a container, of a GPU. The most telling first. */
import { formatBytes, formatCount } from '../schemas/format.ts';
import { onTheCpu, smallerContext, smallerQuantization, trainedContext } from './repairs.ts';
import type { Circumstances, Rule } from './rule.ts';

const MIB = 1024 ** 2;
const GPU_FULL = /cudaMalloc failed: out of memory|ErrorOutOfDeviceMemory|CUDA error: out of memory/;

const smaller = (lab: Circumstances) => smallerContext(lab) ?? smallerQuantization(lab);
const lessMemory = (lab: Circumstances): string =>
  lab.largestContext !== null && lab.largestContext < 512
    ? 'Choose a smaller model or a smaller quantization; the weights alone are too large for this memory.'
    : 'Make context_size smaller, or choose a smaller quantization or model; then start again.';

export const MEMORY_RULES: readonly Rule[] = [
  {
    cause: 'kv_cache_too_large_gpu',
    pattern: /failed to allocate buffer for kv cache|llama_kv_cache_init\(\) failed/,
    also: GPU_FULL,
    tell: (_match, lab) => ({
      sentence: `The GPU has no room for the model's memory of the conversation (KV cache) at a context of ${formatCount(lab.contextSize)} tokens.`,
      fix: 'Make context_size smaller, or close what else uses the GPU; then start again.',
      repair: smallerContext(lab) ?? onTheCpu(lab),
    }),
  },
  {
    cause: 'kv_cache_too_large',
    pattern: /failed to allocate buffer for (?:kv|rs) cache|llama_kv_cache_init\(\) failed/,
    tell: (_match, lab) => ({
      sentence: `There is no room for the model's memory of the conversation (KV cache) at a context of ${formatCount(lab.contextSize)} tokens.`,
      fix: lessMemory(lab),
      repair: smaller(lab),
    }),
  },
  {
    cause: 'gpu_memory',
    pattern: /allocating (\d{1,9})(?:\.\d{1,3})? MiB on device \d{1,3}: cudaMalloc failed: out of memory/,
    tell: ([, mib], lab) => ({
      sentence: `The GPU is out of memory: ${formatBytes(Number(mib) * MIB)} more were wanted at once.`,
      fix: 'Close what else uses the GPU (`nvidia-smi` lists it), make context_size smaller, or choose a smaller quantization.',
      repair: smaller(lab) ?? onTheCpu(lab),
    }),
  },
  {
    cause: 'gpu_memory',
    pattern: GPU_FULL,
    tell: (_match, lab) => ({
      sentence: 'The GPU is out of memory.',
      fix: 'Close what else uses the GPU (`nvidia-smi` lists it), make context_size smaller, or choose a smaller quantization.',
      repair: smaller(lab) ?? onTheCpu(lab),
    }),
  },
  {
    cause: 'context_buffer_too_large',
    pattern: /failed to allocate compute (?:pp )?buffers|failed to allocate output buffer of size/,
    tell: (_match, lab) => ({
      sentence: `There is no room for what computing needs beside the weights, at a context of ${formatCount(lab.contextSize)} tokens.`,
      fix: lessMemory(lab),
      repair: smaller(lab),
    }),
  },
  {
    cause: 'memory_host',
    pattern: /insufficient memory \(attempted to allocate (\d{1,9})(?:\.\d{1,3})? MB\)/,
    tell: ([, mib], lab) => ({
      sentence: `This machine has too little free memory: the model server wanted ${formatBytes(Number(mib) * MIB)} at once.`,
      fix: `Close other programs, or: ${lessMemory(lab)}`,
      repair: smaller(lab),
    }),
  },
  {
    cause: 'memory_container',
    pattern: /out of memory: it needs more than its limit of ([\d.]{1,12} [KMGT]?i?B)/,
    tell: ([, limit], lab) => ({
      sentence: `The container wanted more memory than its limit of ${limit}, so Docker ended it.`,
      fix: `${lessMemory(lab)} Or raise the limit with AILAB_MEMORY_MODEL.`,
      repair: smaller(lab),
    }),
  },
  {
    cause: 'memory_host',
    pattern:
      /probably out of memory|Out of memory: Killed process|out of memory: this machine had none left|std::bad_alloc|fork: Cannot allocate memory|mmap failed: Cannot allocate memory|ENOMEM/,
    tell: (_match, lab) => ({
      sentence: 'This machine ran out of memory, and the model server was ended for it.',
      fix: `Close other programs, or: ${lessMemory(lab)}`,
      repair: smaller(lab),
    }),
  },
  {
    cause: 'context_too_large',
    pattern: /n_ctx_seq \(\d{1,9}\) > n_ctx_train \((\d{1,9})\)/,
    also: /failed to create.context|failed to initialize the context/,
    tell: ([, trained], lab) => ({
      sentence: `The context of ${formatCount(lab.contextSize)} tokens is larger than the ${formatCount(Number(trained))} that the model was trained for, and could not be made.`,
      fix: `Set context_size to ${trained} or less.`,
      repair: trainedContext({ ...lab, trainedContext: Number(trained) }) ?? smallerContext(lab),
    }),
  },
];
