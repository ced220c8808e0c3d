/** The plan of an `up`, over resources known by their interface. It only looks: nothing is applied, no hook runs. */
import { createHash } from 'node:crypto';
import { reportError, type ErrorReport } from '../lib/errors.ts';
import type { Item, Lab } from '../schemas/lab.ts';
import type { LabPlan, PlanField, PlanItem } from '../schemas/plan.ts';
import { changesForUp, itemKey } from './plan.ts';
import type { Change, Forecast, Resource } from './resource.ts';

/** Everything the resources say. */
export interface Looked {
  items: PlanItem[];
  forecasts: Forecast[];
  problems: ErrorReport[];
}

export async function lookAhead(
  lab: Lab,
  resources: readonly Resource[],
  signal: AbortSignal,
): Promise<Looked> {
  const looks = await Promise.all(resources.map((resource) => lookAt(lab, resource, signal)));
  return {
    items: looks.flatMap(({ items }) => items),
    forecasts: looks.map(({ forecast }) => forecast),
    problems: distinct(looks.flatMap(({ problems }) => problems)),
  };
}

interface Look {
  items: PlanItem[];
  forecast: Forecast;
  problems: ErrorReport[];
}

async function lookAt(lab: Lab, resource: Resource, signal: AbortSignal): Promise<Look> {
  const desired = resource.desired(lab);
  let actual: Item[];
  try {
    actual = await resource.actual(signal);
  } catch (error) {
    signal.throwIfAborted();
    const items = desired.map((item) => planItem(item, undefined, 'unknown'));
    return { items, forecast: {}, problems: [reportError(error)] };
  }
  const changes = changesForUp(desired, actual);
  const problems: ErrorReport[] = [];
  try {
    await resource.check?.(lab, changes, signal);
  } catch (error) {
    signal.throwIfAborted();
    problems.push(reportError(error));
  }
  // A forecast that fails leaves its part of the plan unknown; what forbids the `up` is `check`'s to say.
  const forecast = (await resource.forecast?.(lab, changes, signal).catch(() => undefined)) ?? {};
  signal.throwIfAborted();
  const items = itemsOf(desired, actual, changes);
  return { items, forecast, problems };
}

/** Desired ones in their order, then what is beside them by name. */
function itemsOf(desired: readonly Item[], actual: readonly Item[], changes: readonly Change[]): PlanItem[] {
  const present = new Map(actual.map((item) => [itemKey(item), item]));
  const changed = new Map(changes.map((change) => [itemKey(change.item), change]));
  const wanted = new Set(desired.map(itemKey));
  const own = desired.map((item) => {
    const found = present.get(itemKey(item));
    const change = changed.get(itemKey(item));
    if (change?.kind !== 'recreate') return planItem(item, found, change === undefined ? 'keep' : 'create');
    const fields = change.fields.map((name) => planField(name, item, found));
    return { ...planItem(item, found, 'recreate'), fields };
  });
  const others = [...present]
    .filter(([key]) => !wanted.has(key))
    .map(([, item]) => planItem(item, item, 'untracked'));
  return [...own, ...others.toSorted((a, b) => (a.name < b.name ? -1 : 1))];
}

function planItem(item: Item, found: Item | undefined, action: PlanItem['action']): PlanItem {
  return {
    domain: item.domain,
    name: item.name,
    manager: item.manager ?? null,
    action,
    fields: [],
    health: found?.health ?? null,
    error: found?.error ?? null,
  };
}

/** Facts that are kept as fingerprints: 12 or 16 hex characters, then the names of what differs. */
const FINGERPRINT = /^[0-9a-f]{12}(?:[0-9a-f]{4})?(?: \((?<names>.+)\))?$/;

function planField(name: string, item: Item, found: Item | undefined): PlanField {
  if (name === 'health') return { name, asked: null, found: found?.health ?? null, detail: null };
  const asked = item.meta[name] ?? null;
  const there = found?.meta[name] ?? null;
  const prints = [asked, there].map((value) => FINGERPRINT.exec(String(value)));
  if (prints.every((print) => print === null)) return { name, asked, found: there, detail: null };
  return { name, asked: null, found: null, detail: prints[1]?.groups?.['names'] ?? null };
}

/** Said once; and that the model server has nothing to load follows from what is wrong with the weights. */
function distinct(problems: readonly ErrorReport[]): ErrorReport[] {
  const weights = problems.some(({ code }) => code.startsWith('weights_') && code !== 'weights_unknown');
  const known = new Set<string>();
  return problems.filter(({ code, message }) => {
    const key = `${code}\0${message}`;
    if (known.has(key) || (weights && code === 'weights_unknown')) return false;
    known.add(key);
    return true;
  });
}

/** What would be done, without what changes by itself: free space, rates, other programs' names, things beside the lab. */
export function planSha(plan: Omit<LabPlan, 'sha256'>): string {
  const { project, engine, profile, model, items, downloads, ports, hooks, problems } = plan;
  const substance = {
    project,
    engine,
    profile,
    model,
    hooks,
    items: items
      .filter(({ action }) => action !== 'untracked')
      .map(({ domain, name, manager, action, fields }) => ({ domain, name, manager, action, fields })),
    downloads: downloads.map(({ kind, name }) => ({ kind, name })),
    ports: ports.map(({ item, port, state }) => ({ item, port, state })),
    problems: problems.map(({ code }) => code),
  };
  return createHash('sha256').update(JSON.stringify(substance)).digest('hex');
}

function planWords(plan: LabPlan): string[] {
  return [
    ...(['engine', 'profile', 'model'] as const).map((key) => `${key} ${plan[key] ?? 'none'}`),
    ...plan.items
      .filter(({ action }) => action !== 'untracked')
      .map(({ name, action, fields }) => `${name}: ${[action, ...fields.map((one) => one.name)].join(' ')}`),
    ...plan.downloads.map(({ name }) => `download ${name}`),
    ...plan.ports.map(({ item, port, state }) => `port ${port} of ${item}: ${state}`),
    ...plan.hooks.map(({ phase, name }) => `hook ${name} (${phase})`),
    ...plan.problems.map(({ code }) => `forbidden: ${code}`),
  ];
}

/** What is different in the second plan, in words; for the person who looked at the first. */
export function planDifferences(before: LabPlan, after: LabPlan): string[] {
  const old = new Set(planWords(before));
  const now = new Set(planWords(after));
  return [
    ...[...now].filter((word) => !old.has(word)).map((word) => `now ${word}`),
    ...[...old].filter((word) => !now.has(word)).map((word) => `no longer ${word}`),
  ];
}
