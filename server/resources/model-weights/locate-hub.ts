/** From `org/name[:quant-or-file][@revision]` to a file in the Hugging Face cache, or an error that says what is there. */
import { dirname, join } from 'node:path';
import { isLabError, type LabError } from '../../lib/errors.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { hasQuant, modelNames } from './file-names.ts';
import {
  cachedRepos,
  commitOfRef,
  ggufFilesBelow,
  repoFolder,
  snapshots,
  unfinishedBlobs,
} from './hub-cache.ts';
import { checkModelFile, incomplete } from './locate-path.ts';
import { list, plain, weightsError } from './words.ts';

export type HubSource = Extract<WeightsSource, { kind: 'hub' }>;
export const USUAL_QUANT = 'Q4_K_M';

/** Absolute path inside `snapshots/<commit>/`; of a split model, its first part. */
export async function locateInHub(source: HubSource, root: string): Promise<string> {
  const folder = repoFolder(root, source.repo);
  const known = await snapshots(folder);
  if (known.length === 0) throw await repoMissing(source, root, folder);
  const commit = await resolveCommit(source, folder, known);
  const snapshot = join(folder, 'snapshots', commit);
  const models = modelNames(await ggufFilesBelow(snapshot));
  const path = join(snapshot, await choose(source, folder, commit, models));
  try {
    return await checkModelFile(path);
  } catch (error) {
    // Links to blobs are made before or without the blob when a download breaks off.
    const broken = isLabError(error) && error.code === 'weights_dangling_link';
    throw broken ? await danglingSnapshot(source, folder, error) : error;
  }
}

/** Commit of the snapshot a source means. Caches made by some tools have no refs: then the only snapshot counts. */
async function resolveCommit(source: HubSource, folder: string, known: readonly string[]): Promise<string> {
  const wanted = source.revision;
  const commit = await commitOfRef(folder, wanted ?? 'main');
  if (commit !== null && known.includes(commit)) return commit;
  const [only] = known;
  if (wanted === null && only !== undefined && known.length === 1) return only;
  if (wanted !== null && /^[0-9a-f]{7,40}$/i.test(wanted)) {
    const matching = known.filter((name) => name.startsWith(wanted.toLowerCase()));
    if (matching[0] !== undefined && matching.length === 1) return matching[0];
  }
  throw weightsError(
    'weights_revision_not_cached',
    `The Hugging Face cache has ${source.repo}, but not its revision ${plain(wanted ?? 'main')}; it has ${list(known, 4)} in ${plain(join(folder, 'snapshots'))}.`,
    `Download it with \`${download(source)}\`, or name one of these after '@' in model_id.`,
    { status: 404 },
  );
}

async function choose(
  source: HubSource,
  folder: string,
  commit: string,
  models: readonly string[],
): Promise<string> {
  const matching = source.file === null ? [...models] : matchFile(models, source.file);
  const usual = matching.length > 1 ? matching.filter((name) => hasQuant(name, USUAL_QUANT)) : matching;
  const [chosen] = usual.length === 1 ? usual : matching;
  if (chosen === undefined) throw await fileMissing(source, folder, commit, models);
  if (matching.length === 1 || (source.file === null && usual.length === 1)) return chosen;
  throw weightsError(
    'weights_ambiguous',
    `${source.repo} has ${matching.length} models in the cache that ${source.file === null ? 'could be meant' : `match "${plain(source.file)}"`}: ${list(matching)}.`,
    `Name one in model_id: ${source.repo}:${plain(chosen)}`,
    { details: { models: matching } },
  );
}

/** By file name, exactly, else whatever the case, else by quantization. */
export function matchFile(models: readonly string[], wanted: string): string[] {
  const names = [wanted, `${wanted}.gguf`];
  const exact = models.filter((model) => names.includes(model) || names.includes(baseName(model)));
  if (exact.length > 0) return exact;
  const lower = new Set(names.map((name) => name.toLowerCase()));
  const folded = models.filter(
    (model) => lower.has(model.toLowerCase()) || lower.has(baseName(model).toLowerCase()),
  );
  return folded.length > 0 ? folded : models.filter((model) => hasQuant(model, wanted));
}

function baseName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}

async function repoMissing(source: HubSource, root: string, folder: string): Promise<LabError> {
  if ((await unfinishedBlobs(folder)).length > 0) return unfinished(source, folder);
  const repos = await cachedRepos(root);
  return weightsError(
    'weights_repo_not_cached',
    `The Hugging Face cache ${plain(root)} does not hold ${source.repo}; it holds ${repos.length === 0 ? 'no models' : list(repos, 5)}.`,
    `Download it with \`${download(source)}\`, or set model_path to a .gguf file you have.`,
    { status: 404 },
  );
}

async function fileMissing(
  source: HubSource,
  folder: string,
  commit: string,
  models: readonly string[],
): Promise<LabError> {
  const wanted = source.file === null ? 'a GGUF model' : `"${plain(source.file)}"`;
  for (const other of await snapshots(folder)) {
    if (other === commit) continue;
    const there = modelNames(await ggufFilesBelow(join(folder, 'snapshots', other)));
    const hit = source.file === null ? there : matchFile(there, source.file);
    if (hit.length > 0)
      return weightsError(
        'weights_file_not_cached',
        `${source.repo} has ${wanted} in the cache only in the older revision ${plain(other)}.`,
        `Name that revision in model_id (…@${plain(other.slice(0, 12))}), or download the present one with \`${download(source)}\`.`,
        { status: 404 },
      );
  }
  if ((await unfinishedBlobs(folder)).length > 0) return unfinished(source, folder);
  return weightsError(
    'weights_file_not_cached',
    `${source.repo} is in the Hugging Face cache without ${wanted}; found ${models.length === 0 ? 'no GGUF file' : list(models)} in ${plain(join(folder, 'snapshots', commit))}.`,
    models.length === 0
      ? `Download it with \`${download(source)}\`, or choose a repo with GGUF files.`
      : `Download it with \`${download(source)}\`, or name one of these in model_id.`,
    { status: 404 },
  );
}

async function danglingSnapshot(source: HubSource, folder: string, error: LabError): Promise<LabError> {
  if ((await unfinishedBlobs(folder)).length > 0) return unfinished(source, folder);
  return weightsError(error.code, error.message, `Download it again with \`${download(source)}\`.`, {
    cause: error,
  });
}

function unfinished(source: HubSource, folder: string): LabError {
  const { code } = incomplete(folder);
  return weightsError(
    code,
    `The download of ${source.repo} has not ended: ${plain(join(folder, 'blobs'))} holds an .incomplete file.`,
    `Let it end, or go on with it: \`${download(source)}\`.`,
  );
}

/** The command that brings a source into the cache. */
export function download({ repo, file, revision }: HubSource): string {
  const id = `${repo}${file === null ? '' : `:${file}`}${revision === null ? '' : `@${revision}`}`;
  return `ailab-web pull ${/[ ()]/.test(id) ? `'${id}'` : id}`;
}

/** `snapshots/<commit>/…` → commit; null for a path elsewhere. */
export function commitInPath(path: string): string | null {
  return /[\\/]snapshots[\\/]([^\\/]+)[\\/]/.exec(`${dirname(path)}/`)?.[1] ?? null;
}
