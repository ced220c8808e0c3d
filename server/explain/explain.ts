/**
 * From lines to an explanation: the first rule of the table that any line meets. Pure, and bounded: a fixed number of
 * lines of a fixed length, against patterns that take linear time.
 */
import type { Explanation } from '../schemas/explanation.ts';
import type { Circumstances, Lines, Rule } from './rule.ts';
import { GPU_RULES, GPU_START_RULES } from './rules-gpu.ts';
import { MACHINE_RULES } from './rules-machine.ts';
import { MEMORY_RULES } from './rules-memory.ts';
import { NETWORK_RULES } from './rules-network.ts';
import { SERVICE_RULES } from './rules-services.ts';
import { TEMPLATE_RULES, WEIGHTS_RULES } from './rules-weights.ts';

/** The more special first: a full disk that keeps Grafana from its volume is a full disk. */
export const RULES: readonly Rule[] = [
  ...MEMORY_RULES,
  ...GPU_RULES,
  ...WEIGHTS_RULES,
  ...MACHINE_RULES,
  ...SERVICE_RULES,
  ...NETWORK_RULES,
  ...GPU_START_RULES,
  ...TEMPLATE_RULES,
];

const MOST_LINES = 400;
const MOST_CHARS = 1000;
const AROUND = 8;

interface Line {
  text: string;
  source: Lines;
  at: number;
}

/** Null when nothing known is in them. The places in the order of their trust: the first match in the first place wins. */
export function explain(places: readonly Lines[], lab: Circumstances): Explanation | null {
  const lines = places.flatMap((source) =>
    source.lines
      .slice(-MOST_LINES)
      .map((text, at): Line => ({ text: text.slice(0, MOST_CHARS), source, at })),
  );
  for (const rule of RULES) {
    const found = meet(rule, lines);
    if (found === null) continue;
    const { sentence, fix, repair = null } = rule.tell(found.match, lab);
    const { text, source, at } = found.line;
    return {
      cause: rule.cause,
      sentence,
      fix,
      repair,
      evidence: { line: text.trim(), source: source.source },
      raw: around(source.lines.slice(-MOST_LINES), at),
    };
  }
  return null;
}

function meet(rule: Rule, lines: readonly Line[]): { match: RegExpExecArray; line: Line } | null {
  const { also, service, pattern } = rule;
  const own = lines.filter(
    ({ source }) => service === undefined || source.service === null || source.service === service,
  );
  if (also !== undefined && !own.some(({ text }) => also.test(text))) return null;
  for (const line of own) {
    const match = pattern.exec(line.text);
    if (match !== null) return { match, line };
  }
  return null;
}

function around(lines: readonly string[], at: number): string[] {
  return lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).map((text) => text.slice(0, MOST_CHARS));
}
