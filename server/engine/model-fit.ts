/** Does a model fit? The estimate from its header against the room there is, in a sentence. Part of the composition root. */
import type { WeightsFacts } from '../resources/model-weights/facts.ts';
import { estimateMemory, largestContext, type RuntimeKind } from '../resources/model-weights/memory.ts';
import { formatBytes, formatCount } from '../schemas/format.ts';
import type { FitReport, MemoryRoom } from '../schemas/inventory.ts';
import type { Lab } from '../schemas/lab.ts';

export interface FitQuestion {
  title: string;
  contextSize: number;
  runtime: RuntimeKind;
  room: MemoryRoom | null;
}

/** What the search for the largest context ends at where the file does not say what it was trained for. */
const MOST_CONTEXT = 1_048_576;

export function fitReport(facts: WeightsFacts, question: FitQuestion): FitReport {
  const { title, contextSize, runtime, room } = question;
  const { need, notes } = estimateMemory(facts, contextSize, runtime);
  const onGpu = room?.of === 'gpu';
  // The program itself stays in the machine's memory, and nothing is rearranged for a GPU.
  const asked = onGpu ? need.total - need.runtime - facts.repackedBytes : need.total;
  const fits = room === null ? null : asked <= room.freeBytes;
  const most = Math.min(facts.contextLength ?? MOST_CONTEXT, MOST_CONTEXT);
  const spare = room === null ? 0 : room.freeBytes + (need.total - asked);
  const largest = room === null ? null : largestContext(facts, runtime, spare, most);
  return {
    title,
    contextSize,
    trainedContext: facts.contextLength,
    need,
    room,
    fits,
    largestContext: largest,
    ...words(question, asked, fits, largest),
    notes: [...notes, ...limits(facts, contextSize, runtime)],
  };
}

function words(
  { title, contextSize, room }: FitQuestion,
  asked: number,
  fits: boolean | null,
  largest: number | null,
): Pick<FitReport, 'message' | 'fix'> {
  const need = `${title} needs about ${formatBytes(asked)} at a context of ${formatCount(contextSize)} tokens`;
  if (room === null) return { message: `${need}; how much memory there is could not be told.`, fix: '' };
  const where = {
    memory: `${formatBytes(room.freeBytes)} of this machine’s ${formatBytes(room.totalBytes)} can be had now`,
    container: `its container may take ${formatBytes(room.totalBytes)}`,
    gpu: `${room.name} has ${formatBytes(room.freeBytes)} of ${formatBytes(room.totalBytes)} free`,
  }[room.of];
  const message = `${need}; ${where}.`;
  if (fits === true) return { message, fix: '' };
  const smaller =
    largest !== null && largest >= 512
      ? `Set context_size to ${formatCount(largest)} or less`
      : 'Choose a smaller model or quantization';
  const free = { memory: 'close other programs', container: 'raise AILAB_MEMORY_MODEL', gpu: 'free the GPU' };
  return { message, fix: `${smaller}, or ${free[room.of]}. It can be started anyway.` };
}

function limits(facts: WeightsFacts, contextSize: number, runtime: RuntimeKind): string[] {
  const notes: string[] = [];
  if (facts.contextLength !== null && contextSize > facts.contextLength)
    notes.push(
      `It was trained for ${formatCount(facts.contextLength)} tokens: beyond that its answers get worse.`,
    );
  if (runtime === 'llama-server')
    notes.push('Beside this, llama-server keeps up to 537 MB of earlier prompts.');
  return notes;
}

export function runtimeOf(lab: Lab): RuntimeKind {
  return lab.engine === 'docker' ? 'llama-server' : lab.runtime.kind;
}
