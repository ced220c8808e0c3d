/** Real lines, each with the cause it tells and where it was seen. */
import { MODEL_SAMPLES } from './samples-model.ts';
import { OTHER_SAMPLES } from './samples-others.ts';

export interface Sample {
  cause: string;
  /** Who wrote it; null for words of an error. */
  service: 'model' | 'weaviate' | 'prometheus' | 'grafana' | null;
  lines: readonly string[];
  from: string;
}

export const SAMPLES: readonly Sample[] = [...MODEL_SAMPLES, ...OTHER_SAMPLES];
