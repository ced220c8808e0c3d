/** `pull`: a model from the Hub into the Hugging Face cache, as an activity. Part of the composition root. */
import { LabError } from '../lib/errors.ts';
import { downloadPlain } from '../resources/model-weights/download/plain.ts';
import type { Patience } from '../resources/model-weights/download/source.ts';
import { TIMING, type PullTiming } from '../resources/model-weights/download/timing.ts';
import { watchBytes } from '../resources/model-weights/download/watch.ts';
import { askHub, checkAccess, wantedFile, type HubFile } from '../resources/model-weights/hub/ask.ts';
import { claimed } from '../resources/model-weights/hub/claim.ts';
import { chooseModel } from '../resources/model-weights/hub/choose.ts';
import * as cache from '../resources/model-weights/hub/places.ts';
import { accept, isBegun } from '../resources/model-weights/hub/ourselves.ts';
import { bytesOnDisk } from '../resources/model-weights/hub/on-disk.ts';
import { hubSettings, type HubSettings } from '../resources/model-weights/hub/settings.ts';
import { hubSource } from '../resources/model-weights/hub/source.ts';
import { offline } from '../resources/model-weights/hub/trouble.ts';
import { wrongHash } from '../resources/model-weights/hub/verify.ts';
import { dropTwins, HF_NOTE, startHf, type HfProgram } from '../resources/model-weights/hub/with-hf.ts';
import type { HubSource } from '../resources/model-weights/locate-hub.ts';
import { formatBytes } from '../schemas/format.ts';
import type { Run } from './orchestrator.ts';

export interface PullOptions {
  env: NodeJS.ProcessEnv;
  /** Finds `hf` or brings it, as a step of the run; null where a plain download has to do. */
  hf(run: Run): Promise<HfProgram | null>;
  timing?: Partial<PullTiming>;
}

export interface Pulled {
  /** The file that a runtime is given; of a split model its first part. */
  path: string;
  /** Exactly this model again: `org/name:file@commit`. */
  id: string;
  /** Path in the repo. */
  name: string;
  bytes: number;
  /** Bytes that had to come. */
  fetched: number;
}

/** Errors: those of the Hub (`hub_…`), `hf_failed`, `disk_full`; cancelled, the signal's reason. What has come stays. */
export async function pullFromHub(source: HubSource, options: PullOptions, run: Run): Promise<Pulled> {
  const timing = { ...TIMING, ...options.timing };
  const patience: Patience = { ...timing, signal: run.signal };
  const hub = hubSettings(options.env);
  const { repo } = source;
  const revision = source.revision ?? 'main';
  const { commit, model } = await run.step('resolve', `Ask ${hub.endpoint.host} for ${repo}`, async () => {
    if (hub.offline) throw offline();
    // Who waits for a first answer is told sooner than who waits for the rest of a file.
    const asking = { ...patience, retryMs: timing.retryMs.slice(0, 2) };
    const listing = await askHub(hub, repo, revision, asking);
    const chosen = chooseModel(source, listing);
    const [first] = chosen.files;
    if (first !== undefined) await checkAccess(hub, repo, listing.commit, first, asking);
    return { commit: listing.commit, model: chosen };
  });
  const places = cache.placesOf(hub.root, repo, commit);
  const missing = await missingFiles(places, model.files);
  const fetched = missing.reduce((sum, { size }) => sum + size, 0) - (await bytesOnDisk(places, missing));
  await cache.checkDisk(hub.root, fetched);
  await cache.makePlaces(places, model.files);
  const job: Job = { hub, repo, commit, places, patience, timing, run, begun: new Set() };
  await claimed(places, async () => {
    if (missing.length > 0) await download(job, missing, options);
    await verify(job, model.files, options);
  });
  for (const file of model.files) await cache.linkIntoSnapshot(places, file);
  await cache.writeRef(places, revision, commit);
  const [first] = model.files;
  const path = first === undefined ? places.snapshot : cache.pathOf(places, first);
  return { path, id: `${repo}:${model.name}@${commit}`, name: model.name, bytes: model.bytes, fetched };
}

interface Job {
  hub: HubSettings;
  repo: string;
  commit: string;
  places: cache.Places;
  patience: Patience;
  timing: PullTiming;
  run: Run;
  /** Files of which something had come before this pull. */
  begun: Set<HubFile>;
}

async function missingFiles(places: cache.Places, files: readonly HubFile[]): Promise<HubFile[]> {
  const missing: HubFile[] = [];
  for (const file of files) if ((await cache.wholeBlob(places, file)) === null) missing.push(file);
  return missing;
}

async function download(job: Job, files: readonly HubFile[], options: PullOptions): Promise<void> {
  const { hub, places, timing, run } = job;
  for (const file of files) {
    await dropTwins(places, file);
    if (await isBegun(places, file)) job.begun.add(file);
  }
  // Today's hf can't go on with what has come: we can, and then it need not be brought.
  const hf = files.every((file) => job.begun.has(file)) ? null : await options.hf(run);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const measure = () => bytesOnDisk(places, files);
  const names = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files of ${job.repo}`;
  await run.step('download', `Download ${names}`, async (report) => {
    for (const file of files) {
      const begun = job.begun.has(file);
      const by = hf === null || begun ? null : await startHf(hf, hub, { ...job, file }, run.signal);
      const message = by === null ? `Downloading ${names}` : `Downloading ${names} with hf`;
      const note = by === null ? undefined : HF_NOTE;
      const watching = watchBytes({ ...timing, total, measure, message, report, before: by?.keep, note });
      try {
        const wanted = wantedFile(hub, job.repo, job.commit, file);
        await (by?.done ??
          downloadPlain(hubSource(hub), wanted, cache.partialOf(places, file), job.patience));
      } finally {
        watching.stop();
      }
    }
    report({ message: `Downloaded ${names}`, done: total, total, unit: 'bytes' });
  });
}

/** Every byte is read. What had been begun before, maybe by others, is downloaded once more where it is wrong. */
async function verify(job: Job, files: readonly HubFile[], options: PullOptions): Promise<void> {
  const { places, run } = job;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const wrong = await run.step('verify', `Check ${formatBytes(total)} against the Hub`, async (report) => {
    const again: HubFile[] = [];
    let done = 0;
    for (const file of files) {
      if ((await bytesOnDisk(places, [file])) !== file.size) throw vanished(job, file);
      const found = await accept(places, file, run.signal, (bytes) => {
        done += bytes;
        report({ message: `Reading ${file.path}`, done, total, unit: 'bytes' });
      });
      if (found === null) continue;
      if (!job.begun.has(file)) throw wrongHash(job.repo, file, found);
      again.push(file);
    }
    job.begun.clear();
    return again;
  });
  if (wrong.length === 0) return;
  await download(job, wrong, options);
  await verify(job, wrong, options);
}

function vanished(job: Job, file: HubFile): LabError {
  return new LabError({
    code: 'hub_download_missing',
    message: `${file.path} of ${job.repo} is not in the cache ${job.hub.root} after its download.`,
    fix: 'Pull again; AILAB_DOWNLOADER=plain downloads without hf.',
  });
}
