/** What a weights file's name tells: sidecar, half-downloaded, part of a split model, quantization. */

export function isGguf(name: string): boolean {
  return /\.gguf$/i.test(name);
}

/** Why a GGUF file is not a model of its own, by its name: `mmproj-*`, `mtp-*`; undefined for others. */
export function sidecarKind(name: string): string | undefined {
  if (/^mmproj[-_.]|[-_.]mmproj[-_.]/i.test(name)) return 'a vision or audio projector';
  if (/^mtp[-_.]/i.test(name)) return 'a multi-token-prediction head';
  return undefined;
}

const PARTIAL = /\.(incomplete|part|partial|crdownload|download|aria2|tmp|!qb)$/i;

/** Names that browsers, hf, curl wrappers and torrent clients give to a download that has not ended. */
export function isPartial(name: string): boolean {
  return PARTIAL.test(name);
}

export interface SplitName {
  stem: string;
  /** Counts from 1. */
  no: number;
  count: number;
}

/** `name-00002-of-00003.gguf`, as gguf-split writes it; undefined for any other name. */
export function parseSplit(name: string): SplitName | undefined {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i.exec(name);
  const [, stem, no, count] = match ?? [];
  if (stem === undefined) return undefined;
  return { stem, no: Number(no), count: Number(count) };
}

export function partName(split: SplitName, no: number): string {
  return `${split.stem}-${fiveDigits(no)}-of-${fiveDigits(split.count)}.gguf`;
}

function fiveDigits(value: number): string {
  return String(value).padStart(5, '0');
}

/** One model for each: single files, and split sets under the name of their first part. Sidecars are left out. */
export function modelNames(fileNames: readonly string[]): string[] {
  const models = new Set<string>();
  for (const name of fileNames) {
    const base = name.slice(name.lastIndexOf('/') + 1);
    if (!isGguf(base) || sidecarKind(base) !== undefined) continue;
    const split = parseSplit(name);
    models.add(split === undefined ? name : partName(split, 1));
  }
  return [...models].toSorted();
}

const QUANT =
  /(?:^|[-._/])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]+)*|TQ\d_\d|BF16|F16|F32|FP16|MXFP4(?:_MOE)?|NVFP4))(?=[-./]|$)/gi;

/** Quantization in a file name, in upper case, e.g. `Q4_K_M`; null when it holds none. */
export function quantInName(name: string): string | null {
  return [...name.matchAll(QUANT)].at(-1)?.[1]?.toUpperCase() ?? null;
}

/** Does the file name carry this quantization as a word of its own? `Q4_K` is not in `Q4_K_M`. */
export function hasQuant(name: string, quant: string): boolean {
  const word = quant.replaceAll(/[^\w]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?:^|[-._/])${word}(?=[-./]|$)`, 'i').test(name);
}
