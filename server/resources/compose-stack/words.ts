/** Errors that more than one file of this resource raises. */
import { LabError } from '../../lib/errors.ts';

export function noWeights(): LabError {
  return new LabError({
    code: 'weights_unknown',
    message:
      'No model is configured or its weights are not there, so there is nothing that the model server could load.',
    fix: 'Run `ailab-web up --starter`, or set model_path in ai-lab.yaml.',
    status: 409,
  });
}

export function noEmbeddingsWeights(): LabError {
  return new LabError({
    code: 'weights_unknown',
    message:
      'The model named under `embeddings:` is not here, so there is nothing that the embeddings server could load.',
    fix: 'Bring it with `ailab-web pull`, correct `embeddings:` in ai-lab.yaml, or take it out.',
    status: 409,
  });
}
