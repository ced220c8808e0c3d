/**
 * A lab as one text for those who help. What has a shape goes in field by field, by these lists alone; free words
 * (errors, logs) go through the redactor. Pure.
 */
import { stringify } from 'yaml';
import type { Activity } from '../schemas/activity.ts';
import type { ConfigView } from '../schemas/config-view.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import type { LabStatus, StatusItem } from '../schemas/lab.ts';
import type { LockShown } from '../schemas/lock.ts';
import type { LabPlan } from '../schemas/plan.ts';
import type { Redact } from './redact.ts';

/** What could not be put together says why instead. */
export type Part<T> = T | { failed: string };

export interface Gathered {
  at: number;
  machine: Record<string, string | number>;
  config: Part<ConfigView>;
  status: Part<LabStatus>;
  plan: Part<LabPlan>;
  doctor: Part<DoctorReport>;
  lock: Part<LockShown | null>;
  activities: Part<Activity[]>;
  /** The last lines of each service. */
  logs: Record<string, Part<string[]>>;
}

const HEAD = `# Support bundle of ailab-web. Read it before you send it: it goes nowhere by itself.
# Left out: keys and tokens, conversations, paths, and the names of user and machine.
`;

export function bundleText(gathered: Gathered, redact: Redact): string {
  const { at, machine, config, status, plan, doctor, lock, activities, logs } = gathered;
  const part = <T, R>(value: Part<T>, pick: (value: T) => R) =>
    isFailed(value) ? { failed: redact(value.failed) } : pick(value);
  const content = {
    made_at: new Date(at).toISOString(),
    machine,
    config: part(config, (view) => configPart(view, redact)),
    status: part(status, (found) => statusPart(found, redact)),
    plan: part(plan, (wanted) => planPart(wanted, redact)),
    doctor: part(doctor, ({ overall, checks }) => ({
      overall,
      checks: checks.map((one) => `${one.status} ${one.name}: ${redact(one.message)}`),
    })),
    lock: part(lock, lockPart),
    activities: part(activities, (list) => list.map((one) => activityPart(one, redact))),
    logs: Object.fromEntries(
      Object.entries(logs).map(([name, lines]) => [
        name,
        part(lines, (list) => list.map((line) => redact(line))),
      ]),
    ),
  };
  return HEAD + stringify(content, { lineWidth: 0 });
}

const isFailed = (value: unknown): value is { failed: string } =>
  typeof value === 'object' && value !== null && 'failed' in value;

/** Values that say nothing about anyone; of the other keys it is told only that they are set. */
const OPEN_KEYS =
  /^(?:profile|engine|runtime|services|context_size|model_id|ports\.\w+|cost\.(?:currency|idle_watts|busy_watts))$/;

function configPart({ exists, valid, values, problems }: ConfigView, redact: Redact) {
  return {
    exists,
    valid,
    problems: problems.map(({ line, key, message }) => `line ${line}, ${key}: ${redact(message)}`),
    values: Object.fromEntries(
      values
        .filter(({ origin }) => origin !== 'default')
        .map(({ key, value, origin }) => [key, OPEN_KEYS.test(key) ? value : `(set, by ${origin})`]),
    ),
  };
}

const OPEN_META = new Set(
  'architecture quantization size_bytes context_size context_length parameters runtime version profile port threads restarts started_at ended_at exit_code last_exit_at cause gpu_layers model_layers supervised done image_digest'.split(
    ' ',
  ),
);

function statusPart(status: LabStatus, redact: Redact) {
  const { engine, profile, config_valid, lock_exists, managed_items, missing_items } = status;
  const item = ({ name, domain, manager, state, health, error, drift, meta }: StatusItem) => ({
    name: redact(name),
    domain,
    ...(manager === undefined ? {} : { manager }),
    state,
    ...(health === undefined ? {} : { health }),
    ...(error === undefined ? {} : { error: redact(error) }),
    ...(drift === undefined ? {} : { drift }),
    facts: Object.fromEntries(
      Object.entries(meta).filter(([key, value]) => OPEN_META.has(key) && value !== null),
    ),
  });
  return {
    engine,
    profile,
    config_valid,
    lock_exists,
    items: [...managed_items, ...missing_items].map(item),
  };
}

function planPart(
  { possible, engine, profile, items, ports, hooks, problems, memory }: LabPlan,
  redact: Redact,
) {
  return {
    possible,
    engine,
    profile,
    items: items
      .filter(({ action }) => action !== 'untracked')
      .map(({ domain, name, action, fields }) =>
        [action, domain, redact(name), ...fields.map((one) => one.name)].join(' '),
      ),
    ports: ports.map(({ item, port, state }) => `${redact(item)} ${port} ${state}`),
    hooks: hooks.map(({ phase, type }) => `${phase} ${type}`),
    memory:
      memory === null ? null : { verdict: memory.verdict, need: memory.needBytes, free: memory.freeBytes },
    problems: problems.map(({ code, message }) => `${code}: ${redact(message)}`),
  };
}

function lockPart(lock: LockShown | null) {
  if (lock === null) return null;
  const { sha256, createdAt, origin, document } = lock;
  const resources = document.resources.map(({ type, state }) => ({ type, state }));
  return { sha256, created_at: new Date(createdAt).toISOString(), origin, resources };
}

function activityPart(activity: Activity, redact: Redact) {
  const { kind, state, startedBy, startedAt, endedAt, steps, error, outcome } = activity;
  return {
    kind,
    state,
    by: startedBy === 'cli' || startedBy === 'browser' ? startedBy : 'other',
    at: new Date(startedAt).toISOString(),
    ms: endedAt === null ? null : endedAt - startedAt,
    steps: steps.map((step) =>
      `${step.name} ${step.state} ${step.endedAt === null ? '' : step.endedAt - step.startedAt}`.trim(),
    ),
    ...(outcome === null ? {} : { outcome: redact(outcome) }),
    ...(error === null ? {} : { error: errorPart(error, redact) }),
  };
}

function errorPart({ code, message, explanation }: NonNullable<Activity['error']>, redact: Redact) {
  if (explanation === undefined) return { code, message: redact(message) };
  const { cause, evidence, raw } = explanation;
  const seen = evidence === null ? null : `${evidence.source}: ${redact(evidence.line)}`;
  return { code, cause, message: redact(message), seen, raw: raw.map((line) => redact(line)) };
}
