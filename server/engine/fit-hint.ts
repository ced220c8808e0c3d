/** A word before Start when the configured model will not fit: a hint on the Overview, never a wall. */
import type { Home } from '../lib/home.ts';
import type { ErrorReport } from '../lib/errors.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import type { Lab } from '../schemas/lab.ts';
import { embeddingsNeed } from './embeddings-memory.ts';
import { fitReport, runtimeOf } from './model-fit.ts';
import { roomForModel } from './model-room.ts';

/** The Overview is made every other second; a GPU is asked by running a program. */
const KEEP_MS = 15_000;

/** Null when it fits, or when that is not known. Never throws. */
export function createFitHint(home: Home, env: NodeJS.ProcessEnv) {
  let last: { key: string; at: number; hint: ErrorReport | null } | null = null;
  return async (lab: Lab, signal: AbortSignal): Promise<ErrorReport | null> => {
    const { weightsPath, contextSize, engine, profile } = lab;
    if (weightsPath === null) return null;
    const key = JSON.stringify([weightsPath, contextSize, engine, profile, lab.embeddings]);
    if (last?.key === key && performance.now() - last.at < KEEP_MS) return last.hint;
    const hint = await look(home, env, lab, weightsPath, signal).catch(() => null);
    last = { key, at: performance.now(), hint };
    return hint;
  };
}

async function look(
  home: Home,
  env: NodeJS.ProcessEnv,
  lab: Lab,
  weightsPath: string,
  signal: AbortSignal,
): Promise<ErrorReport | null> {
  const { contextSize, modelName: title } = lab;
  const facts = await readWeights(weightsPath);
  const room = await roomForModel({ home, env, lab, weightsBytes: facts.sizeBytes, contextSize, signal });
  const second = (await embeddingsNeed(lab)) ?? 0;
  // What the embeddings server will take is not there for the model; a container's limit is its own.
  const left =
    room?.of === 'container' || room === null ? room : { ...room, freeBytes: room.freeBytes - second };
  const report = fitReport(facts, { title, contextSize, runtime: runtimeOf(lab), room: left });
  return report.fits === false ? { code: 'memory_tight', message: report.message, fix: report.fix } : null;
}
