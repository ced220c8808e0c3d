/** Explains failures with what this lab knows: its logs, its settings, the memory there is. Part of the composition root. */
import { explain } from '../explain/explain.ts';
import { onTheCpu, withoutDocker } from '../explain/repairs.ts';
import type { Circumstances, Lines } from '../explain/rule.ts';
import { isAbort, isLabError, type LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { causeChain } from '../lib/log.ts';
import { nextFreePort } from '../lib/ports.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { REPAIRABLE, type Explanation } from '../schemas/explanation.ts';
import type { StatusItem } from '../schemas/lab.ts';
import type { Engine } from './contract.ts';
import { errorLines, serviceLines } from './failure-places.ts';
import { isModel } from './gpu-watch.ts';
import { fitReport, runtimeOf } from './model-fit.ts';
import { roomForModel } from './model-room.ts';
import type { ResolvedLab } from './resolve-lab.ts';

export interface ExplainerParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  logs: Pick<Engine['logs'], 'read'>;
  resolve(): Promise<ResolvedLab>;
  /** What is there now. */
  items(signal: AbortSignal): Promise<readonly StatusItem[]>;
}

export interface Explainer {
  failure(error: unknown): Promise<Explanation | undefined>;
  /** Of those that are sick, by name. Looked for once for each end of each. */
  items(resolved: ResolvedLab, items: readonly StatusItem[]): Promise<ReadonlyMap<string, Explanation>>;
}

/** An explanation that takes longer is not waited for: the error itself is told then. */
const AT_MOST_MS = 4000;
/** Errors that say only that something ended, or pass on another program's words. */
const VAGUE =
  /^(?:internal|runtime_|model_(?:exited|out_of_memory)|no_first_token|supervisor_failed|compose_up_failed|docker_error|install_failed|image_pull_failed|hook_failed|weaviate_sick|grafana_not_ready)/;
/** Those of them that a service's log can tell more about. */
const LOGGED =
  /^(?:runtime_|model_|no_first_token|supervisor_failed|compose_up_failed|weaviate_sick|grafana_not_ready)/;

export function createExplainer(parts: ExplainerParts): Explainer {
  const known = new Map<string, { key: string; told: Explanation | null }>();

  const lookUp = async (resolved: ResolvedLab, places: readonly Lines[], signal: AbortSignal) =>
    explain(places, await circumstances(parts, resolved, signal));

  const tell = async (failure: unknown): Promise<Explanation | undefined> => {
    const signal = AbortSignal.timeout(AT_MOST_MS);
    const code = isLabError(failure) ? failure.code : 'internal';
    const resolved = await parts.resolve();
    if (!VAGUE.test(code)) return isLabError(failure) ? plainly(failure, resolved) : undefined;
    const sick = LOGGED.test(code)
      ? (await parts.items(signal)).filter((item) => isSick(item) || isModel(item))
      : [];
    const logs = await Promise.all(sick.map((item) => serviceLines(item, parts.logs, signal)));
    return (await lookUp(resolved, [...logs.flat(), errorLines(failure)], signal)) ?? undefined;
  };

  return {
    async failure(failure) {
      if (isAbort(failure)) return undefined;
      return tell(failure).catch(() => undefined);
    },
    async items(resolved, items) {
      const told = new Map<string, Explanation>();
      for (const item of items.filter(isSick)) {
        const key = JSON.stringify([
          // How often a check has failed is no news.
          item.error?.replaceAll(/\d+/g, ''),
          item.health,
          item.meta['ended_at'],
          item.meta['last_exit_at'],
        ]);
        let last = known.get(item.name);
        if (last?.key !== key) {
          const signal = AbortSignal.timeout(AT_MOST_MS);
          const found = await serviceLines(item, parts.logs, signal)
            .then((places) => lookUp(resolved, places, signal))
            .catch(() => null);
          last = { key, told: found };
          known.set(item.name, last);
        }
        if (last.told !== null) told.set(item.name, last.told);
      }
      return told;
    },
  };
}

/** The sentence among the item's facts, for `status`; the error stays in its own words. */
export function withExplanation(item: StatusItem, told: Explanation | undefined): StatusItem {
  if (told === undefined) return item;
  return { ...item, meta: { ...item.meta, cause: told.cause, explained: told.sentence } };
}

/** Ended, or running without answering. What can't be looked at has no log to read. */
function isSick({ domain, state, health, error }: StatusItem): boolean {
  // A paused container is sick of nothing that its log could tell.
  const sick = health === 'exited' || (health === 'unhealthy' && error?.startsWith('It is paused') !== true);
  return (domain === 'service' || domain === 'process') && state === 'managed' && sick && error !== undefined;
}

/** The error's own sentence is good; what the system said, and what a click can change, go with it. */
function plainly(error: LabError, resolved: ResolvedLab): Explanation | undefined {
  const said = error.cause === undefined ? null : causeChain(error.cause).slice(0, 1000);
  const repair = repairOf(error, resolved);
  if (said === null && repair === null) return undefined;
  return {
    cause: error.code,
    sentence: error.message,
    fix: error.fix,
    evidence: said === null ? null : { line: said, source: 'the system’s answer' },
    repair,
    raw: [],
  };
}

function repairOf({ code, details }: LabError, { lab, config }: ResolvedLab): Explanation['repair'] {
  const { profile } = lab;
  // Where nobody has named Docker, `auto` has decided already.
  const engine = config.values.engine === 'docker' ? 'docker' : 'embedded';
  if (code === 'port_in_use') return anotherPort(details, lab.stack.ports);
  if (code === 'gpu_runtime_missing' || code === 'profile_unsupported') return onTheCpu({ profile });
  if (
    /^docker_(?:not_found|unreachable|permission|timeout|too_old)$|^compose_(?:missing|too_old)$/.test(code)
  )
    return withoutDocker({ engine });
  return null;
}

function anotherPort(
  details: LabError['details'],
  ports: Readonly<Record<string, number>>,
): Explanation['repair'] {
  const { port, next_free: free } = details;
  const name = Object.entries(ports).find(([, one]) => one === port)?.[0];
  const key = REPAIRABLE.find((one) => one === `ports.${name}`);
  if (key === undefined || typeof free !== 'number') return null;
  return { title: `Use port ${free}, which is free`, changes: [{ key, value: free }] };
}

async function circumstances(
  { home, env }: ExplainerParts,
  { lab, config }: ResolvedLab,
  signal: AbortSignal,
): Promise<Circumstances> {
  const base = {
    engine: lab.engine,
    profile: lab.profile,
    contextSize: lab.contextSize,
    modelId: config.values.model_id ?? null,
    ports: lab.stack.ports,
    freePort: (await nextFreePort(lab.modelPort + 1)) ?? null,
  };
  const fit = await fitOf(home, env, lab, signal).catch(() => null);
  return {
    ...base,
    trainedContext: fit?.trainedContext ?? null,
    largestContext: fit?.largestContext ?? null,
  };
}

async function fitOf(home: Home, env: NodeJS.ProcessEnv, lab: ResolvedLab['lab'], signal: AbortSignal) {
  const { weightsPath, contextSize, modelName: title } = lab;
  if (weightsPath === null) return null;
  const facts = await readWeights(weightsPath);
  const room = await roomForModel({ home, env, lab, weightsBytes: facts.sizeBytes, contextSize, signal });
  return fitReport(facts, { title, contextSize, runtime: runtimeOf(lab), room });
}
