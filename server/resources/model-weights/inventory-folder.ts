/** Models in a plain folder (the home's, a configured one), with downloads that broke off in it. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { isPartial, modelNames, sidecarKind } from './file-names.ts';
import { ggufFilesBelow } from './hub-cache.ts';
import { fileOnDisk } from './inventory-files.ts';
import { filesOf, partsOf, UNFINISHED, type Found } from './inventory-hub.ts';
import { STARTER } from './starter.ts';
import { fileError } from './words.ts';

export async function* foundInFolder(
  folder: string,
  place: 'home' | 'folder',
  depth: number,
  signal: AbortSignal,
): AsyncGenerator<Found> {
  await readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw fileError(folder, error);
  });
  const names = await ggufFilesBelow(folder, depth);
  for (const model of modelNames(names)) {
    signal.throwIfAborted();
    const parts = partsOf(model, names).map((name) => join(folder, ...name.split('/')));
    const { files, broken } = await filesOf(parts);
    const path = join(folder, ...model.split('/'));
    const starter = place === 'home' && basename(model) === STARTER.file;
    const plainName = basename(model).replace(/\.gguf$/i, '');
    yield {
      kind: broken ? 'broken' : 'model',
      place,
      name: starter ? STARTER.id : basename(model),
      aliases: [plainName, basename(model)],
      repo: null,
      revision: null,
      file: model,
      path,
      root: folder,
      files,
      paths: parts.length === 0 ? [path] : parts,
      sidecars: [],
      what: broken ? 'a link to a file that is not there' : null,
    };
  }
  yield* partials(folder, place, depth, signal);
}

/** Only files that say they were to become a model: other people's downloads are none of our business. */
const PARTIAL_MODEL = /\.gguf\.[^/]+$/i;

async function* partials(
  folder: string,
  place: 'home' | 'folder',
  depth: number,
  signal: AbortSignal,
  below = '',
): AsyncGenerator<Found> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    signal.throwIfAborted();
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      if (depth > 0 && !entry.name.startsWith('.')) yield* partials(folder, place, depth - 1, signal, name);
      continue;
    }
    if (!isPartial(entry.name) || !PARTIAL_MODEL.test(entry.name) || sidecarKind(entry.name) !== undefined)
      continue;
    const path = join(folder, ...name.split('/'));
    const file = await fileOnDisk(path).catch(() => null);
    if (file === null) continue;
    yield {
      kind: 'leftover',
      place,
      name: entry.name,
      aliases: [],
      repo: null,
      revision: null,
      file: name,
      path,
      root: folder,
      files: [file],
      paths: [path],
      sidecars: [],
      what: UNFINISHED,
    };
  }
}
