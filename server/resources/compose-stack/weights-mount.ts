/**
 * Which folder of this machine the model server sees, read-only. Of a Hub cache that is the whole repository, because
 * a snapshot holds links into `../../blobs`; else the file's own folder. Never a folder that holds more than weights.
 */
import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, parse, sep } from 'node:path';
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';

export interface WeightsMount {
  folder: string;
  /** Below the folder, with `/`. */
  file: string;
  /** All parts of a split model together. */
  bytes: number;
  /** Who may read it: the owner, and whether everybody may. */
  owner: { uid: number; gid: number };
  readableByAll: boolean;
}

const HUB = /^(?<repo>.*[/\\]models--[^/\\]+)[/\\](?<file>snapshots[/\\][^/\\]+[/\\].+)$/;

export async function weightsMount(path: string, home = homedir()): Promise<WeightsMount> {
  try {
    const real = await realpath(path);
    const hub = HUB.exec(path)?.groups;
    const repo = hub?.['repo'] === undefined ? undefined : await realpath(hub['repo']);
    // A cache whose blobs lie elsewhere is seen through its real file only.
    const inRepo = repo !== undefined && real.startsWith(repo + sep);
    const folder = inRepo ? repo : dirname(real);
    const file = inRepo ? (hub?.['file'] ?? '').replaceAll('\\', '/') : basename(real);
    refuseTooWide(folder, path, home);
    const facts = await stat(real);
    return {
      folder,
      file,
      bytes: facts.size * partsOf(file),
      owner: { uid: facts.uid, gid: facts.gid },
      readableByAll: (facts.mode & 0o004) !== 0 && (await foldersOpen(dirname(real), folder)),
    };
  } catch (error) {
    if (isLabError(error)) throw error;
    throw notThere(path, error);
  }
}

/** `name-00001-of-00003.gguf`: the parts are about equal. */
function partsOf(file: string): number {
  const parts = /-\d{5}-of-(\d{5})\.gguf$/i.exec(file)?.[1];
  return parts === undefined ? 1 : Math.max(1, Number(parts));
}

async function foldersOpen(from: string, to: string): Promise<boolean> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o005) !== 0o005) return false;
    if (folder === to || folder === dirname(folder)) return true;
  }
}

const SYSTEM = ['etc', 'dev', 'proc', 'sys', 'run', 'var', 'var/run', 'boot', 'bin', 'sbin', 'lib', 'usr'];
/** Of these everything below is closed too; weights in /usr/share or /var/lib are somebody's good right. */
const CLOSED = ['etc', 'dev', 'proc', 'sys', 'run', 'var/run', 'boot'];

function refuseTooWide(folder: string, path: string, home: string): void {
  const { root } = parse(folder);
  const system = SYSTEM.some((name) => folder === join(root, name));
  const closed = CLOSED.some((name) => folder.startsWith(join(root, name) + sep));
  const holdsHome = folder === root || folder === home || home.startsWith(folder + sep);
  if (!system && !closed && !holdsHome) return;
  throw new LabError({
    code: 'weights_folder_too_wide',
    message: `${path} lies in ${folder}, and a container would see that whole folder.`,
    fix: 'Move the weights into a folder of their own (for example ~/models) and correct model_path.',
    status: 422,
    details: { folder },
  });
}

function notThere(path: string, cause: unknown): LabError {
  return new LabError({
    code: 'weights_not_found',
    message: `The weights ${path} can't be looked at: ${errnoOf(cause) ?? String(cause)}.`,
    fix: 'Correct model_path (in ai-lab.yaml, MODEL_PATH or --model-path).',
    status: 404,
    cause,
  });
}
