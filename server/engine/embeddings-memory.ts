/** The memory of the embeddings server, beside the model's: for the plan, and for the hint before Start. */
import { formatBytes } from '../schemas/format.ts';
import type { LabPlan } from '../schemas/plan.ts';
import type { MemoryRoom } from '../schemas/inventory.ts';
import type { Lab } from '../schemas/lab.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { estimateMemory } from '../resources/model-weights/memory.ts';
import { runtimeOf } from './model-fit.ts';

/** Bytes, from the weights' header; null where there is none, or its weights are not here. */
export async function embeddingsNeed(lab: Lab): Promise<number | null> {
  const { embeddings } = lab;
  if (embeddings === undefined || embeddings.weightsPath === null) return null;
  const facts = await readWeights(embeddings.weightsPath).catch(() => null);
  return facts === null ? null : estimateMemory(facts, embeddings.contextSize, runtimeOf(lab)).need.total;
}

/** Both together against the room there is for both: `room` is the machine's or the GPU's, not one container's. */
export function withEmbeddings(
  model: NonNullable<LabPlan['memory']>,
  { modelName, contextSize }: NonNullable<Lab['embeddings']>,
  need: number,
  room: MemoryRoom | null,
): NonNullable<LabPlan['memory']> {
  const asked = (model.needBytes ?? 0) + need;
  const free = { freeBytes: room?.freeBytes ?? null, totalBytes: room?.totalBytes ?? null };
  const message = `${model.message} ${modelName} for embeddings needs about ${formatBytes(need)}${room === null ? '' : `; both together ${formatBytes(asked)} of ${formatBytes(room.freeBytes)}`}.`;
  const known = model.verdict === 'held' || model.needBytes !== null;
  if (room === null || !known) return { ...model, ...free, verdict: 'unknown', message };
  const exceeds = asked > room.freeBytes || model.verdict === 'exceeds';
  const fix =
    exceeds && model.fix === ''
      ? `Choose a smaller model, a context_size under ${contextSize}, or close other programs. It can be started anyway.`
      : model.fix;
  return { verdict: exceeds ? 'exceeds' : 'fits', needBytes: asked, ...free, message, fix };
}
