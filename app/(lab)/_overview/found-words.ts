/** What was found on this machine, as facts: decided from the answers of doctor, choices and models alone. */
import { formatBytes, plural } from '../../../server/schemas/format.ts';
import type { DoctorReport, LabChoices, ModelList } from '../../_lib/wire.ts';
import type { Tone } from '../../_ui/state.tsx';

export interface FoundFact {
  name: string;
  tone: Tone;
  words: string;
  fix: string | null;
}

/** As doctor names them, in the order in which a person asks. */
const CHECKS: readonly { check: string; name: string }[] = [
  { check: 'Processor', name: 'Processor' },
  { check: 'Memory', name: 'Memory' },
  { check: 'GPU', name: 'GPU' },
  { check: 'Disk', name: 'Disk' },
  { check: 'Runtime', name: 'Model server' },
  { check: 'Model port', name: 'Model port' },
];

const TONES: Record<DoctorReport['checks'][number]['status'], Tone> = {
  pass: 'ok',
  info: 'idle',
  warn: 'warn',
  fail: 'bad',
};

export function foundFacts(
  doctor: DoctorReport | undefined,
  choices: LabChoices | undefined,
  models: ModelList | undefined,
): FoundFact[] {
  const checks = CHECKS.flatMap(({ check, name }) => {
    const found = doctor?.checks.find((one) => one.name === check);
    return found === undefined
      ? []
      : [{ name, tone: TONES[found.status], words: found.message, fix: found.fix }];
  });
  return [
    ...(choices === undefined ? [] : [docker(choices)]),
    ...checks,
    ...(models === undefined ? [] : [weights(models)]),
  ];
}

/** Without Docker the lab does as well, unless ai-lab.yaml asks for it: so its lack is no trouble by itself. */
function docker({ engines, inForce }: LabChoices): FoundFact {
  const needs = engines.find(({ id }) => id === 'docker')?.needs ?? [];
  const lack = needs.find(({ there }) => there === false);
  const name = 'Docker';
  if (lack === undefined)
    return { name, tone: 'ok', words: needs.map(({ found }) => found).join(' '), fix: null };
  if (inForce.engineChoice === 'docker') return { name, tone: 'bad', words: lack.found, fix: lack.fix };
  return { name, tone: 'idle', words: `${lack.found} The lab runs without it.`, fix: null };
}

function weights({ entries }: ModelList): FoundFact {
  const name = 'Weights';
  const usable = entries.filter(({ kind, error }) => kind === 'model' && error === null);
  if (usable.length === 0) return { name, tone: 'idle', words: 'none on this machine yet', fix: null };
  const bytes = usable.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const words = `${plural(usable.length, 'model')} here already, ${formatBytes(bytes)}`;
  return { name, tone: 'ok', words, fix: null };
}
