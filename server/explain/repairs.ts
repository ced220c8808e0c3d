/** Changes of ai-lab.yaml that mend a known cause; null where none would. */
import { formatCount } from '../schemas/format.ts';
import type { Circumstances, Told } from './rule.ts';

type Repair = NonNullable<Told['repair']>;

const SMALLEST = 512;
const STEP = 256;

/** The largest that fits where that is known, never more than half of what was too much. */
export function smallerContext({
  contextSize,
  largestContext,
}: Pick<Circumstances, 'contextSize' | 'largestContext'>): Repair | null {
  const half = Math.floor(contextSize / 2 / STEP) * STEP;
  const value = Math.min(half, largestContext ?? half);
  if (value < SMALLEST) return null;
  return {
    title: `Use a context of ${formatCount(value)} tokens`,
    changes: [{ key: 'context_size', value }],
  };
}

export function trainedContext({ contextSize, trainedContext: trained }: Circumstances): Repair | null {
  if (trained === null || trained < STEP || trained >= contextSize) return null;
  return {
    title: `Use the ${formatCount(trained)} tokens that the model was trained for`,
    changes: [{ key: 'context_size', value: trained }],
  };
}

/** Larger than Q4_K_M; the names are llama.cpp's. */
const LARGE = /:(?:[FQ]?(?:16|32)|BF16|Q8_0|Q6_K|Q5_K_[ML]|Q5_K_S|Q5_[01]|Q8_K_XL)(?=@|$)/i;

export function smallerQuantization({ modelId }: Circumstances): Repair | null {
  if (modelId === null || !LARGE.test(modelId)) return null;
  const value = modelId.replace(LARGE, ':Q4_K_M');
  return {
    title: 'Use the smaller quantization Q4_K_M (it is downloaded if it is not here)',
    changes: [{ key: 'model_id', value }],
  };
}

export function onTheCpu({ profile }: Pick<Circumstances, 'profile'>): Repair | null {
  if (profile !== 'gpu') return null;
  return {
    title: 'Compute on the CPU: profile default',
    changes: [{ key: 'profile', value: 'default' }],
  };
}

export function withoutDocker({ engine }: Pick<Circumstances, 'engine'>): Repair | null {
  if (engine !== 'docker') return null;
  return { title: 'Run without Docker: engine embedded', changes: [{ key: 'engine', value: 'embedded' }] };
}

export function anotherModelPort({ freePort }: Circumstances): Repair | null {
  if (freePort === null) return null;
  return {
    title: `Let the model server listen on ${freePort}, which is free`,
    changes: [{ key: 'ports.model', value: freePort }],
  };
}
