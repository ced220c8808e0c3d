/**
 * Does the GPU really compute what it was asked to? Told from the model server's own log, once for each of its starts.
 * A silent fall back to the CPU is an alarm. Part of the composition root.
 */
import { readOffload, type Offload } from '../explain/offload.ts';
import { onTheCpu, smallerContext } from '../explain/repairs.ts';
import type { ErrorReport } from '../lib/errors.ts';
import type { Explanation } from '../schemas/explanation.ts';
import type { Lab, StatusItem } from '../schemas/lab.ts';
import type { Engine } from './contract.ts';

/** Loading prints a few hundred lines; requests come after them. */
const TAIL = 5000;
const AT_MOST_MS = 3000;

export type GpuWatch = (lab: Lab, items: readonly StatusItem[]) => Promise<Offload | null>;

/** Null with profile default, before the model is loaded, and where the log says nothing. Never rejects. */
export function createGpuWatch(logs: Pick<Engine['logs'], 'read'>): GpuWatch {
  let last: { start: string; offload: Offload | null } | null = null;
  return async ({ profile }, items) => {
    const model = items.find(isModel);
    if (profile !== 'gpu' || model?.health !== 'healthy') return null;
    const since = Number(model.meta['started_at'] ?? 0);
    const start = `${model.meta['container'] ?? ''} ${since}`;
    if (last?.start === start) return last.offload;
    const lines = await loaderLines(logs, since).catch(() => null);
    if (lines === null) return null;
    last = { start, offload: readOffload(lines) };
    return last.offload;
  };
}

export function isModel({ domain, name, state }: StatusItem): boolean {
  return state === 'managed' && (domain === 'process' || (domain === 'service' && name === 'model'));
}

async function loaderLines(logs: Pick<Engine['logs'], 'read'>, since: number): Promise<string[]> {
  const lines: string[] = [];
  const signal = AbortSignal.timeout(AT_MOST_MS);
  for await (const batch of logs.read({ service: 'model', tail: TAIL, follow: false }, signal))
    for (const { time, text } of batch) if (time === null || Date.parse(time) >= since) lines.push(text);
  return lines;
}

/** The layers among the model's facts, for `status` and for the metrics. */
export function withOffload(item: StatusItem, offload: Offload | null): StatusItem {
  if (offload === null || !isModel(item)) return item;
  const { layers, of } = offload;
  return { ...item, meta: { ...item.meta, gpu_layers: layers, model_layers: of } };
}

/** `asked`: AILAB_GPU_LAYERS; a number, or everything that has a place. */
export function gpuAlarm(
  offload: Offload | null,
  lab: Pick<Lab, 'profile' | 'contextSize'>,
  asked: string | undefined,
): (ErrorReport & { explanation: Explanation }) | null {
  if (offload === null) return null;
  const { layers, of, line } = offload;
  const wanted = Number(asked ?? '');
  const most = Number.isInteger(wanted) && (asked ?? '') !== '' ? Math.min(wanted, of ?? wanted) : of;
  if (most === 0 || (layers > 0 && (most === null || layers >= most))) return null;
  const evidence = { line, source: 'the log of model' };
  if (layers === 0) {
    const sentence = 'The profile is gpu, but the CPU computes: no layer of the model runs on a GPU.';
    const fix =
      'Check that `nvidia-smi` works here and in the container (`ailab-web logs model` has what CUDA said), then start again; or choose the profile default, which says what happens.';
    return alarm('gpu_not_used', sentence, fix, evidence, onTheCpu(lab));
  }
  const sentence = `Only ${layers} of ${most ?? 'all'} layers of the model run on the GPU; the CPU computes the rest, which slows every answer.`;
  const fix =
    'Make room on the GPU: a smaller context_size, a smaller quantization, or fewer other programs on it.';
  return alarm('gpu_partly_used', sentence, fix, evidence, smallerContext({ ...lab, largestContext: null }));
}

function alarm(
  code: string,
  sentence: string,
  fix: string,
  evidence: Explanation['evidence'],
  repair: Explanation['repair'],
): ErrorReport & { explanation: Explanation } {
  return {
    code,
    message: sentence,
    fix,
    explanation: { cause: code, sentence, fix, evidence, repair, raw: [] },
  };
}
