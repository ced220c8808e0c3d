/** How much memory there is for a model: this machine's, a container's limit, a GPU's. Part of the composition root. */
import { exec } from '../lib/exec.ts';
import type { Home } from '../lib/home.ts';
import { isAlive } from '../lib/process-identity.ts';
import { machineMemory, privateBytes } from '../lib/memory.ts';
import { memoryForModel } from '../resources/compose-stack/environment.ts';
import { parseBytes } from '../resources/compose-stack/memory-size.ts';
import { readRecord } from '../resources/embedded-runtime/record.ts';
import type { Lab } from '../schemas/lab.ts';
import type { MemoryRoom } from '../schemas/inventory.ts';

export interface RoomParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  /** Of the model asked about. */
  weightsBytes: number;
  contextSize: number;
  signal: AbortSignal;
}

/** Null when it can't be told: profile gpu without an nvidia-smi that answers. */
export async function roomForModel(parts: RoomParts): Promise<MemoryRoom | null> {
  const { env, lab } = parts;
  if (lab.profile === 'gpu') return gpuRoom(env, parts.signal);
  const { available, total } = machineMemory();
  const freeBytes = Math.min(total, available + heldByRunning(parts.home));
  const machine: MemoryRoom = { of: 'memory', freeBytes, totalBytes: total, name: 'this machine' };
  if (lab.engine !== 'docker') return machine;
  const limit = containerLimit(parts);
  if (limit >= freeBytes) return machine;
  return { of: 'container', freeBytes: limit, totalBytes: limit, name: 'the model’s container' };
}

/** The model that runs gives its memory back before another one starts; its mapped file counts as free already. */
function heldByRunning(home: Home): number {
  const reading = readRecord(home.runtimeFile);
  const child = reading.kind === 'record' ? reading.record.child : null;
  return child !== null && isAlive(child) ? (privateBytes(child.pid) ?? 0) : 0;
}

/** As the stack will set it. */
function containerLimit({ env, weightsBytes, contextSize }: RoomParts): number {
  const asked = parseBytes(env['AILAB_MEMORY_MODEL'] ?? '');
  return asked > 0 ? asked : memoryForModel(weightsBytes, contextSize);
}

const SMI_MS = 3000;
const MIB = 1024 ** 2;

/** The GPU with the most free memory: a model on several is llama.cpp's choice, and counted on one. */
async function gpuRoom(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<MemoryRoom | null> {
  try {
    const { code, stdout } = await exec(
      'nvidia-smi',
      ['--query-gpu=name,memory.total,memory.free', '--format=csv,noheader,nounits'],
      { env, signal: AbortSignal.any([signal, AbortSignal.timeout(SMI_MS)]) },
    );
    return code === 0 ? parseGpus(stdout) : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** One line for each: `NVIDIA GeForce RTX 4070, 12282, 11020`, in MiB. */
export function parseGpus(text: string): MemoryRoom | null {
  const gpus = text.split('\n').flatMap((line): MemoryRoom[] => {
    const [, name, total, free] = /^\s*(.+?),\s*(\d+),\s*(\d+)\s*$/.exec(line) ?? [];
    if (name === undefined) return [];
    return [{ of: 'gpu', name, totalBytes: Number(total) * MIB, freeBytes: Number(free) * MIB }];
  });
  return gpus.toSorted((a, b) => b.freeBytes - a.freeBytes)[0] ?? null;
}
