/** What the table of known failures is made of. A pattern meets one line; none may look back or repeat a repetition. */
import type { RepairChange } from '../schemas/explanation.ts';

/** Lines of one place, oldest first. */
export interface Lines {
  /** Where they were written, e.g. `runtime.log` or `the log of grafana`. */
  source: string;
  /** The service that wrote them; null for words that are no service's, e.g. of an error. */
  service: string | null;
  lines: readonly string[];
}

/** What is known of the lab when something has failed; null where it is not. */
export interface Circumstances {
  engine: 'docker' | 'embedded';
  profile: 'default' | 'gpu';
  contextSize: number;
  /** What the model was trained for. */
  trainedContext: number | null;
  /** The largest context with which the model fits into the memory there is. */
  largestContext: number | null;
  /** As ai-lab.yaml names the model. */
  modelId: string | null;
  ports: Readonly<Record<string, number>>;
  /** The next free port after the model's. */
  freePort: number | null;
}

export interface Told {
  sentence: string;
  fix: string;
  repair?: { title: string; changes: RepairChange[] } | null;
}

export interface Rule {
  cause: string;
  pattern: RegExp;
  /** Must be met by some line too; for what one line alone does not tell. */
  also?: RegExp;
  /** Whose words these are; everyone's unless told. */
  service?: 'model' | 'weaviate' | 'prometheus' | 'grafana';
  tell(match: RegExpExecArray, lab: Circumstances): Told;
}
