/**
 * The stack as a resource: items are services. Compose renders, creates and starts; looking, pulling and stopping go
 * over the Engine API. Nothing is remembered here; labels and containers are the truth.
 */
import { existsSync } from 'node:fs';
import type { ApplyContext, Change, Resource } from '../../engine/resource.ts';
import { isLabError, type LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { EMBEDDINGS_SERVICE, type Item, type Lab } from '../../schemas/lab.ts';
import { askedItem, serviceOf, stackItems } from './actual.ts';
import { applyUp } from './apply.ts';
import { connectEngine, reachEngine, type EngineApi } from './engine-api.ts';
import { forecastStack } from './forecast.ts';
import { MODEL, STACK_SERVICES, stackLayout } from './layout.ts';
import { stackEntry } from './lock-entry.ts';
import { preflight } from './preflight.ts';
import type { StackContext } from './prepare.ts';
import { probe } from './probe.ts';
import { renderOnce } from './render-once.ts';
import type { RenderedStack } from './rendered.ts';
import { weightsMount, type WeightsMount } from './weights-mount.ts';
import { noEmbeddingsWeights, noWeights } from './words.ts';

export interface ComposeStackOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  /** Folder of stack.yml. */
  stacksFolder: string;
  /** For the plan: not even what Compose rendered is kept. */
  lookOnly?: boolean;
  /** See beginLook. */
  begun?: EngineApi | null;
}

/** All that is needed to act, or the reason why not. */
interface Opened {
  engine: EngineApi | null;
  context: StackContext | null;
  stack: RenderedStack | null;
  problem: LabError | null;
}

/** Never rejects for trouble with Docker: what can't be known is told by `actual`, what can't be done by `check`. */
export async function createComposeStack(
  options: ComposeStackOptions,
  signal: AbortSignal,
): Promise<Resource> {
  const { home, lab } = options;
  const opened = lab.engine === 'docker' ? await open(options, signal) : nothing;
  const { engine, stack, problem } = opened;
  const second = lab.embeddings === undefined ? [] : [EMBEDDINGS_SERVICE];
  const services = [MODEL, ...second, ...lab.stack.services].filter(
    (name) => stack === null || name in stack.services,
  );

  const ready = (from = opened): { engine: EngineApi; context: StackContext; stack: RenderedStack } => {
    const { engine, context, stack, problem } = from;
    if (engine === null || context === null || stack === null) throw problem ?? noWeights();
    return { engine, context, stack };
  };

  /** Weights that were fetched since then are mounted too. */
  const reopened = async (signal: AbortSignal): Promise<Opened> =>
    opened.context?.weights === null && (await mountOf(lab.weightsPath)) !== null
      ? open(options, signal)
      : opened;

  async function applyAll(changes: Change[], apply: ApplyContext): Promise<void> {
    const removed = changes.flatMap((change) => (change.kind === 'remove' ? [change.item.name] : []));
    if (removed.length > 0) {
      if (engine === null) throw problem ?? noWeights();
      // Services that an earlier config asked for go too: they are the stack's, and nothing else would end them.
      const leftOver = STACK_SERVICES.filter((name) => !services.includes(name));
      await removeServices(engine, home.project, [...removed, ...leftOver], apply);
    }
    const wanted = changes.filter(({ kind }) => kind !== 'remove');
    if (wanted.length === 0) return;
    const parts = ready(await reopened(apply.signal));
    if (parts.context.weights === null) throw noWeights();
    await applyUp(parts, wanted, apply);
  }

  return {
    id: 'compose-stack',
    stopsOnDown: true,
    desired: () => (lab.engine === 'docker' ? services.map((name) => askedItem(name, stack)) : []),
    async actual(signal) {
      if (lab.engine !== 'docker') return leftBehind(options, signal);
      if (engine === null) throw problem ?? noWeights();
      const names = stack === null ? [...STACK_SERVICES] : Object.keys(stack.services);
      return stackItems(await probe(engine, home.project, stack, signal), names, stack);
    },
    async check(lab, changes, signal) {
      const wanted = changes.flatMap((change) => (change.kind === 'remove' ? [] : [change.item.name]));
      if (lab.engine !== 'docker' || wanted.length === 0) return;
      const { engine, context, stack } = ready();
      const { weights } = context;
      // The starter comes with this very `up`; whether it can, its own resource has checked.
      if (weights === null && lab.weightsPath === null) throw noWeights();
      if (context.embeddings === null && wanted.includes(EMBEDDINGS_SERVICE)) throw noEmbeddingsWeights();
      const { profile } = lab;
      const { project } = home;
      const { embeddings } = context;
      await preflight({ engine, project, profile, stack, services: wanted, weights, embeddings, signal });
    },
    async forecast(lab, changes, signal) {
      if (engine === null || stack === null) return {};
      const changed = changes.map(({ item }) => item.name);
      const { profile } = lab;
      const { env } = options;
      const project = home.project;
      return forecastStack({ engine, project, profile, stack, services, changed, env, signal });
    },
    async lock(lab, context) {
      if (lab.engine !== 'docker') return [];
      const { engine, stack } = ready();
      const { stacksFolder } = options;
      return [await stackEntry(lab, { engine, stack, stacksFolder, services }, context)];
    },
    apply: (change, context) => applyAll([change], context),
    applyAll,
  };
}

const LOOK_MS = 1000;

/**
 * What runs on Docker still from before the lab chose another engine: nothing asks for it, and it is shown. A home that
 * never was on Docker is not asked about, and a Docker that doesn't answer holds nothing that could be told.
 */
async function leftBehind({ home, env }: ComposeStackOptions, signal: AbortSignal): Promise<Item[]> {
  if (!existsSync(stackLayout(home).secrets)) return [];
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    const engine = await reachEngine(env, within);
    return stackItems(await probe(engine, home.project, null, within), STACK_SERVICES, null);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

const nothing: Opened = { engine: null, context: null, stack: null, problem: null };

async function open(options: ComposeStackOptions, signal: AbortSignal): Promise<Opened> {
  const opened = { ...nothing };
  try {
    opened.engine = options.begun ?? (await reachEngine(options.env, signal));
    const weights = await mountOf(options.lab.weightsPath);
    const embeddings = await mountOf(options.lab.embeddings?.weightsPath ?? null);
    const context = { ...options, host: opened.engine.host, weights, embeddings };
    opened.context = context;
    opened.stack = await renderOnce(context, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isLabError(error)) throw error;
    opened.problem = error;
  }
  return opened;
}

/** Weights that aren't there yet are no reason not to show the rest; `check` says it before an `up`. */
async function mountOf(weightsPath: string | null): Promise<WeightsMount | null> {
  if (weightsPath === null) return null;
  try {
    return await weightsMount(weightsPath);
  } catch (error) {
    if (isLabError(error) && error.code === 'weights_not_found') return null;
    throw error;
  }
}

/** All at once, each with its own grace time. The network goes with the last container; volumes stay. */
async function removeServices(
  engine: EngineApi,
  project: string,
  names: readonly string[],
  { signal, report }: ApplyContext,
): Promise<void> {
  const found = await engine.containers(project, signal);
  const ours = found.filter(({ Labels }) => names.includes(serviceOf(Labels) ?? ''));
  report({ message: `Stopping ${ours.map(({ Labels }) => serviceOf(Labels)).join(', ')}.` });
  const stopped = ours.map(({ Id }) => engine.stopAndRemove(Id, signal));
  const [networks] = await Promise.all([engine.networks(project, signal), ...stopped]);
  if ((await engine.containers(project, signal)).length > 0) return;
  for (const network of networks) await engine.removeNetwork(network, signal);
}

/** For `down --volumes` and `purge`, after the containers are gone. Returns the names of what was removed. */
export async function removeStackVolumes(
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string[]> {
  const engine = await connectEngine(env, signal);
  const volumes = await engine.volumes(home.project, signal);
  for (const name of volumes) await engine.removeVolume(name, signal);
  return volumes;
}
