/** Does the model fit into memory? For the plan; from its header where it is here, else from its size. */
import type { Home } from '../lib/home.ts';
import { machineMemory } from '../lib/memory.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { formatBytes } from '../schemas/format.ts';
import type { LabPlan } from '../schemas/plan.ts';
import { EMBEDDINGS_SERVICE, type Lab } from '../schemas/lab.ts';
import { EMBEDDINGS_PROCESS, isModelServer } from '../schemas/model-server.ts';
import type { Looked } from './lab-plan.ts';
import { embeddingsNeed, withEmbeddings } from './embeddings-memory.ts';
import { fitReport, runtimeOf } from './model-fit.ts';
import { roomForModel } from './model-room.ts';

export interface PlanMemoryParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  signal: AbortSignal;
}

/** Null when no model server is asked for. With an embeddings server to be started, of both. */
export async function planMemory(parts: PlanMemoryParts, looked: Looked): Promise<LabPlan['memory']> {
  const model = await modelMemory(parts, looked);
  const { lab } = parts;
  const fresh = looked.items.some(
    ({ name, action }) =>
      (name === EMBEDDINGS_PROCESS || name === EMBEDDINGS_SERVICE) &&
      (action === 'create' || action === 'recreate'),
  );
  const need = fresh ? await embeddingsNeed(lab) : null;
  if (model === null || lab.embeddings === undefined || need === null) return model;
  const sizes = { weightsBytes: need, contextSize: lab.embeddings.contextSize };
  const room = await roomForModel({ ...parts, lab: { ...lab, engine: 'embedded' }, ...sizes });
  return withEmbeddings(model, lab.embeddings, need, room);
}

async function modelMemory(
  { home, env, lab, signal }: PlanMemoryParts,
  { items, forecasts }: Looked,
): Promise<LabPlan['memory']> {
  const runner = items.find(isModelServer);
  if (runner === undefined || runner.action === 'untracked') return null;
  if (runner.action === 'keep')
    return { verdict: 'held', message: 'The model server runs and holds its memory.', fix: '', ...UNTOLD };
  const { weightsPath, contextSize, modelName: title } = lab;
  const facts = weightsPath === null ? null : await readWeights(weightsPath).catch(() => null);
  const coming = forecasts.find((one) => one.weightsBytes !== undefined)?.weightsBytes;
  const weightsBytes = facts?.sizeBytes ?? coming;
  if (weightsBytes === undefined)
    return { verdict: 'unknown', message: 'The size of the weights is not known.', fix: '', ...UNTOLD };
  const room = await roomForModel({ home, env, lab, weightsBytes, contextSize, signal });
  const free = { freeBytes: room?.freeBytes ?? null, totalBytes: room?.totalBytes ?? null };
  if (facts !== null) {
    const { fits, need, message, fix } = fitReport(facts, {
      title,
      contextSize,
      runtime: runtimeOf(lab),
      room,
    });
    return { verdict: verdictOf(fits), needBytes: need.total, ...free, message, fix };
  }
  const { available } = machineMemory();
  const message = `${formatBytes(weightsBytes)} for the weights, of ${formatBytes(available)} that can be had now; what context and buffers take is told once the weights are here.`;
  return {
    verdict: verdictOf(weightsBytes <= available),
    needBytes: weightsBytes,
    ...free,
    message,
    fix: '',
  };
}

const UNTOLD = { needBytes: null, freeBytes: null, totalBytes: null };

function verdictOf(fits: boolean | null): 'fits' | 'exceeds' | 'unknown' {
  if (fits === null) return 'unknown';
  return fits ? 'fits' : 'exceeds';
}
