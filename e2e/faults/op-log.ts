/** The clients' append-only log of what they asked for and what they were told; the checker reads nothing else of them. */
export type Op = {
  /** Milliseconds, monotonic within one log. */
  at: number;
  client: string;
  /** What was asked, e.g. `up`, `row`. */
  op: string;
  /** Names the call: `asked` and its answer carry the same. */
  call: string;
} & (
  | { phase: 'asked' }
  /** The product said that it is done or begun; `id` is what it named. */
  | { phase: 'acked'; id: string }
  | { phase: 'refused'; code: string; message: string }
  /** No answer: it may or may not have happened. */
  | { phase: 'unknown' }
);

/** An Op without its time; for each phase apart, because Omit would merge them. */
type New = Op extends infer T ? (T extends Op ? Omit<T, 'at'> : never) : never;

export interface OpLog {
  readonly ops: readonly Op[];
  add(op: New): void;
}

export function createOpLog(): OpLog {
  const ops: Op[] = [];
  return { ops, add: (op) => void ops.push(Object.freeze({ ...op, at: performance.now() })) };
}
