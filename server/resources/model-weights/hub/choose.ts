/** Which files of a repo an id means: one model, with all its parts. */
import { formatBytes } from '../../../schemas/format.ts';
import { hasQuant, modelNames, parseSplit, partName } from '../file-names.ts';
import { matchFile, USUAL_QUANT, type HubSource } from '../locate-hub.ts';
import { plain } from '../words.ts';
import type { HubFile, HubListing } from './ask.ts';
import { hubError } from './trouble.ts';

export interface ChosenModel {
  /** Path in the repo; of a split model, of its first part. */
  name: string;
  /** All parts in order. */
  files: HubFile[];
  bytes: number;
}

const MAX_CHOICES = 40;

/** Throws `hub_no_gguf`, `hub_file_not_found`, `hub_ambiguous` (with the choices and their sizes) or `hub_parts_missing`. */
export function chooseModel(source: HubSource, listing: HubListing): ChosenModel {
  const names = modelNames(listing.files.map(({ path }) => path));
  if (names.length === 0)
    throw hubError(
      'hub_no_gguf',
      404,
      `${source.repo} holds no GGUF model.`,
      `Look for a repository with GGUF files; many are named ${plain(source.repo)}-GGUF.`,
    );
  const matching = source.file === null ? names : matchFile(names, source.file);
  const usual = matching.filter((name) => hasQuant(name, USUAL_QUANT));
  const [name] = source.file === null && usual.length === 1 ? usual : matching;
  if (name === undefined)
    throw hubError(
      'hub_file_not_found',
      404,
      `${source.repo} has no model that matches "${plain(source.file ?? '')}". It has:\n${choices(names, listing)}`,
      `Name one of these: ailab-web pull ${source.repo}:${plain(names[0] ?? '')}`,
    );
  if (matching.length > 1 && !(source.file === null && usual.length === 1))
    throw hubError(
      'hub_ambiguous',
      409,
      `${source.repo} has ${matching.length} models that ${source.file === null ? 'could be meant' : `match "${plain(source.file)}"`}:\n${choices(matching, listing)}`,
      `Name one of these: ailab-web pull ${source.repo}:${plain(name)}`,
    );
  const files = partsOf(name, listing);
  return { name, files, bytes: sum(files) };
}

/** One line a model: its name and its size. */
function choices(names: readonly string[], listing: HubListing): string {
  const lines = names.slice(0, MAX_CHOICES).map((name) => {
    const bytes = sum(listing.files.filter(({ path }) => modelNames([path])[0] === name));
    return `  ${plain(name, 200)} (${formatBytes(bytes)})`;
  });
  const rest = names.length - lines.length;
  return [...lines, ...(rest > 0 ? [`  and ${rest} more`] : [])].join('\n');
}

function partsOf(name: string, { files }: HubListing): HubFile[] {
  const split = parseSplit(name);
  const names = split === undefined ? [name] : range(split.count).map((no) => partName(split, no));
  return names.map((part) => {
    const file = files.find(({ path }) => path === part);
    if (file !== undefined) return file;
    throw hubError(
      'hub_parts_missing',
      422,
      `The model ${plain(name)} is split into ${names.length} files, and the Hub has no ${plain(part)}.`,
      'Choose another file of the repository.',
    );
  });
}

/** A name may claim 99,999 parts: the first one that is missing ends it. */
function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function sum(files: readonly HubFile[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}
