/**
 * Decides about a run from three witnesses: the clients' log, the database, and what really runs. It knows nothing of
 * how the product works; e2e/faults/checker.test.ts shows that it goes red on builds that were broken on purpose.
 */
import type { Activity } from '../../server/schemas/activity.ts';
import type { Op } from './op-log.ts';

/** Every acknowledged write is there, once; and nothing is there that nobody asked for. */
export function checkWrites(ops: readonly Op[], stored: readonly string[]): string[] {
  const there = new Set(stored);
  const asked = new Set(ops.filter(({ phase }) => phase === 'asked').map(({ call }) => call));
  const lost = ops.flatMap((op) =>
    op.phase === 'acked' && !there.has(op.id) ? [`${op.op} ${op.id} was acknowledged and is lost`] : [],
  );
  const twice = stored.length - there.size;
  const invented = [...there].filter((id) => !asked.has(id));
  return [
    ...lost,
    ...(twice > 0 ? [`${twice} rows are there twice`] : []),
    ...invented.map((id) => `${id} is there, and nobody asked for it`),
  ];
}

/**
 * Mutating activities happen one after the other, in an order that agrees with what every client saw: each accepted
 * one is recorded once, none overlaps another, and who was refused was refused because another one was running.
 */
export function checkExclusion(ops: readonly Op[], recorded: readonly Activity[]): string[] {
  const problems: string[] = [];
  const rows = recorded.toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
  for (const [at, row] of rows.entries()) {
    if (row.endedAt === null) problems.push(`${row.kind} ${row.id} never ended`);
    const next = rows[at + 1];
    if (next !== undefined && (row.endedAt ?? Infinity) > next.startedAt)
      problems.push(`${row.kind} ${row.id} and ${next.kind} ${next.id} ran at the same time`);
  }
  for (const op of ops) {
    if (op.phase === 'acked') {
      const found = rows.filter(({ id }) => id === op.id);
      if (found.length !== 1)
        problems.push(`${op.op} ${op.id} was accepted and is recorded ${found.length} times`);
    }
    if (op.phase === 'refused') {
      if (op.code !== 'busy') problems.push(`${op.op} was refused as ${op.code}: ${op.message}`);
      else if (!/: (up|down|pull).* since \d{4}-.* \(pid \d+\)/.test(op.message))
        problems.push(`a refusal does not name holder and time: ${op.message}`);
    }
  }
  const accepted = new Set(ops.flatMap((op) => (op.phase === 'acked' ? [op.id] : [])));
  if (ops.some(({ phase }) => phase === 'refused') && accepted.size === 0)
    problems.push('all were refused, and none was accepted');
  return problems;
}

/** What runs is what the last accepted activity asked for. */
export function checkOutcome(recorded: readonly Activity[], running: number): string[] {
  const last = recorded
    .filter(({ kind, state }) => state === 'done' && (kind === 'up' || kind === 'down'))
    .toSorted((a, b) => a.startedAt - b.startedAt)
    .at(-1);
  const wanted = last?.kind === 'up' ? 1 : 0;
  return running === wanted ? [] : [`${running} model servers run after a last ${last?.kind ?? 'nothing'}`];
}

/** Whoever was killed has left word of what was in doubt, if anything at all was made. */
export function checkIntent(made: readonly string[], recorded: readonly Activity[]): string[] {
  const words = recorded.some(({ state }) => state === 'running' || state === 'interrupted');
  return made.length === 0 || words || recorded.some(({ state }) => state === 'done')
    ? []
    : [`${made.join(', ')} was made, and no activity says so`];
}
