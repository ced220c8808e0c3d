/** From a configured path, a file or a folder holding one, to the file the runtime is given. */
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoOf, isLabError, type LabError } from '../../lib/errors.ts';
import { expandTilde } from '../../lib/home.ts';
import { isGguf, isPartial, modelNames, parseSplit, partName, sidecarKind } from './file-names.ts';
import { sniffOnce } from './sniff.ts';
import { CORRECT_PATH, fileError, list, OR_CORRECT_PATH, plain, weightsError } from './words.ts';

/** Absolute path of the weights; of a split model, its first part. Throws a LabError that names the trouble. */
export async function locatePath(configured: string): Promise<string> {
  const path = resolve(expandTilde(configured));
  let info: Stats;
  try {
    info = await statTarget(path);
  } catch (error) {
    throw isLabError(error) && error.code === 'weights_not_found' ? await betterNotFound(path, error) : error;
  }
  return info.isDirectory() ? locateInFolder(path) : checkModelFile(path, info);
}

/** Follows links; a link to nothing is `weights_dangling_link`, not "no such file". */
async function statTarget(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || !(await isLink(path))) throw fileError(path, error);
    const target = resolve(dirname(path), await readlink(path));
    throw weightsError(
      'weights_dangling_link',
      `${plain(path)} is a link to ${plain(target)}, which is not there.`,
      `Bring that file back or download the model again, ${OR_CORRECT_PATH}.`,
      { cause: error },
    );
  }
}

async function isLink(path: string): Promise<boolean> {
  return lstat(path).then(
    (info) => info.isSymbolicLink(),
    () => false,
  );
}

async function betterNotFound(path: string, error: unknown): Promise<unknown> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  const partial = names.find((name) => name.startsWith(basename(path)) && isPartial(name));
  if (partial !== undefined) return incomplete(join(folder, partial));
  const models = modelNames(names);
  if (models.length === 0) return error;
  return weightsError(
    'weights_not_found',
    `There is no file or folder ${plain(path)}; its folder holds ${list(models)}.`,
    `${CORRECT_PATH}.`,
    { status: 404, cause: error },
  );
}

async function locateInFolder(folder: string): Promise<string> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw fileError(folder, error);
  }
  const models = modelNames(names);
  const [only] = models;
  if (only === undefined) throw emptyFolder(folder, names);
  if (models.length > 1)
    throw weightsError(
      'weights_ambiguous',
      `The folder ${plain(folder)} holds ${models.length} models: ${list(models)}.`,
      `Name the file you want, for example model_path: ${plain(join(folder, only))}`,
      { details: { models } },
    );
  // A split set is one model even where its first part is missing; then another part leads to the named error.
  const present = names.includes(only)
    ? only
    : (names.find((name) => modelNames([name])[0] === only) ?? only);
  const path = join(folder, present);
  return checkModelFile(path, await statTarget(path));
}

function emptyFolder(folder: string, names: readonly string[]): Error {
  const partial = names.find(isPartial);
  if (partial !== undefined) return incomplete(join(folder, partial));
  const sidecars = names.filter((name) => isGguf(name) && sidecarKind(name) !== undefined);
  const found =
    sidecars.length > 0
      ? `only parts that belong beside a model: ${list(sidecars)}`
      : names.length === 0
        ? 'nothing'
        : list(names, 5);
  return weightsError(
    'weights_folder_empty',
    `The folder ${plain(folder)} holds no GGUF model; found ${found}.`,
    `Put a .gguf file there, ${OR_CORRECT_PATH}.`,
  );
}

/** Checks a file by name, kind, size and first bytes; the header is read by readWeights. */
export async function checkModelFile(path: string, known?: Stats): Promise<string> {
  const info = known ?? (await statTarget(path));
  const name = basename(path);
  const where = plain(path);
  if (!info.isFile())
    throw weightsError('weights_not_a_file', `${where} is neither a file nor a folder.`, `${CORRECT_PATH}.`);
  if (isPartial(name)) throw incomplete(path);
  const sidecar = sidecarKind(name);
  if (sidecar !== undefined)
    throw weightsError(
      'weights_sidecar',
      `${where} is not a model of its own: by its name it is ${sidecar}, which belongs beside one.`,
      'Name the model file itself.',
    );
  if (info.size === 0)
    throw weightsError(
      'weights_zero_bytes',
      `${where} is empty (0 bytes).`,
      'Delete it and download it again.',
    );
  if (await exists(`${path}.aria2`)) throw incomplete(path);
  const sniffed = await sniffOnce(path, info);
  if (!isGguf(name))
    throw weightsError(
      'weights_wrong_extension',
      `${where} does not end in .gguf${sniffed.kind === null ? '' : `; by its first bytes it is ${sniffed.kind}`}.`,
      sniffed.isGguf ? 'Rename the file, or link to it, so that it ends in .gguf.' : sniffed.fix,
    );
  if (!sniffed.isGguf)
    throw weightsError(
      'weights_not_gguf',
      `${where} is not a GGUF file${sniffed.kind === null ? ': it does not begin with "GGUF"' : `: it is ${sniffed.kind}`}.`,
      sniffed.fix,
    );
  return (await splitParts(path))[0] ?? path;
}

/** All files of the model in order; `[path]` for an undivided one. Throws `weights_parts_missing`. */
export async function splitParts(path: string): Promise<string[]> {
  const split = parseSplit(basename(path));
  if (split === undefined) return [path];
  const folder = dirname(path);
  if (split.count === 0 || split.no === 0 || split.no > split.count)
    throw weightsError(
      'weights_parts_missing',
      `${plain(path)} has an impossible part number in its name.`,
      'Download the model again with its original file names.',
    );
  const names = Array.from({ length: split.count }, (_, index) => partName(split, index + 1));
  const here = new Set(
    await readdir(folder).catch((error: unknown) => Promise.reject(fileError(folder, error))),
  );
  const missing = names.filter((name) => !here.has(name));
  if (missing.length > 0)
    throw weightsError(
      'weights_parts_missing',
      `The model ${plain(path)} is split into ${split.count} files; missing in ${plain(folder)}: ${list(missing, 5)}.`,
      'Download the missing parts into the same folder.',
      { details: { missing: missing.slice(0, 100) } },
    );
  return names.map((name) => join(folder, name));
}

export function incomplete(path: string): LabError {
  return weightsError(
    'weights_incomplete',
    `${plain(path)} is a download that has not ended.`,
    'Let the download end, or start it again; then try once more.',
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
