/**
 * The images of the stack for tests. Made once from Debian's packages, kept as archives in the cache folder, and
 * loaded into an engine that lacks them; or pulled, where the pinned official ones are given and can be had.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { cacheFolder, inBuildFolder, say, saying, sha256File } from './cache.ts';
import { isDebian } from './debian.ts';
import { engineJson } from './engine-api.ts';
import type { TestEngine } from './engine.ts';
import { writeImageArchive } from './image-archive.ts';
import { RECIPES, type Recipe, type Service } from './image-recipes.ts';
import { takeLock } from './lock.ts';

export interface TestImage {
  ref: string;
  /** It answers as the service does, and is not the service. Say so in the test's title. */
  standIn: boolean;
  /** The pinned official image, pulled from its registry. */
  official: boolean;
}

export type TestImages = Record<Service, TestImage>;

const LABEL = 'ailab.test.archive';
const archiveSchema = z.object({
  sha256: z.string().length(64),
  bytes: z.number(),
  /** In the order of the recipe's services. */
  refs: z.array(z.string()),
});
type Archive = z.infer<typeof archiveSchema> & { file: string };

const imageSchema = z.object({
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
});

/**
 * Sees to it that the engine has an image for each service. `official` (service → pinned reference) is tried first,
 * once; what can't be pulled is made here. Throws where neither is possible, naming why.
 */
export async function ensureImages(
  engine: TestEngine,
  official: Partial<Record<Service, string>> = {},
): Promise<TestImages> {
  const pulled = await Promise.all(
    Object.entries(official).map(
      async ([service, ref]) => [service, await hasOrPulls(engine, ref), ref] as const,
    ),
  );
  const found: Partial<TestImages> = {};
  for (const [service, has, ref] of pulled)
    if (has) found[service as Service] = { ref, standIn: false, official: true };
  for (const recipe of RECIPES) {
    if (recipe.services.every((service) => found[service] !== undefined)) continue;
    const archive = await ensureLoaded(engine, recipe);
    for (const [index, service] of recipe.services.entries())
      found[service] ??= { ref: archive.refs[index] as string, standIn: recipe.standIn, official: false };
  }
  return found as TestImages;
}

/** Makes all archives that are missing; needs no engine, so it may run while one is being installed. */
export async function prepareImages(): Promise<void> {
  for (const recipe of RECIPES) await ensureArchive(recipe);
}

async function hasOrPulls(engine: TestEngine, ref: string): Promise<boolean> {
  const path = `/images/${ref}/json`;
  if ((await engineJson(engine.dockerHost, 'GET', path)) !== undefined) return true;
  return await saying(`pulling ${ref}`, () =>
    engine.docker('pull', '--quiet', ref).then(
      () => true,
      () => false,
    ),
  );
}

async function ensureArchive(recipe: Recipe): Promise<Archive> {
  const cache = cacheFolder();
  const lock = await takeLock(join(cache, `${recipe.name}.lock`), `the making of the ${recipe.name} image`);
  try {
    const file = join(cache, `${recipe.name}-${recipe.fingerprint()}.tar`);
    const known = readArchive(file);
    if (known !== undefined) return known;
    if (!isDebian())
      throw new Error(`The ${recipe.name} image is made from Debian's packages, and this is not Debian.`);
    return await saying(`making the ${recipe.name} image`, () => makeArchive(recipe, file));
  } finally {
    lock.release();
  }
}

/** Undefined unless the archive is there, in full size, with its record. */
function readArchive(file: string): Archive | undefined {
  if (!existsSync(file) || !existsSync(`${file}.json`)) return undefined;
  const record = archiveSchema.safeParse(JSON.parse(readFileSync(`${file}.json`, 'utf8'))).data;
  return record === undefined || statSync(file).size !== record.bytes ? undefined : { ...record, file };
}

async function makeArchive(recipe: Recipe, file: string): Promise<Archive> {
  return await inBuildFolder(async (folder) => {
    const images = await recipe.make(folder);
    for (const { config } of images) config.Labels = { ...config.Labels, [LABEL]: recipe.fingerprint() };
    const draft = join(folder, 'archive.tar');
    await writeImageArchive(draft, images, join(folder, 'scratch'));
    const record = {
      sha256: await sha256File(draft),
      bytes: statSync(draft).size,
      refs: images.map(({ ref }) => ref),
    };
    writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
    for (const name of readdirSync(cacheFolder()))
      if (name.startsWith(`${recipe.name}-`)) rmSync(join(cacheFolder(), name), { force: true });
    renameSync(draft, file);
    renameSync(join(folder, 'record.json'), `${file}.json`);
    return { ...record, file };
  });
}

async function ensureLoaded(engine: TestEngine, recipe: Recipe): Promise<Archive> {
  let archive = await ensureArchive(recipe);
  const current = await Promise.all(archive.refs.map((ref) => isCurrent(engine, ref, recipe.fingerprint())));
  if (current.every(Boolean)) return archive;
  if ((await sha256File(archive.file)) !== archive.sha256) {
    say(`${archive.file} is damaged; it is made anew`);
    rmSync(archive.file);
    archive = await ensureArchive(recipe);
  }
  const { file } = archive;
  await saying(`loading the ${recipe.name} image`, async () => {
    await engine.docker('load', '--input', file);
    // Earlier makings of ours that lost their name.
    await engine.docker('image', 'prune', '--force', '--filter', `label=${LABEL}`);
  });
  return archive;
}

async function isCurrent(engine: TestEngine, ref: string, fingerprint: string): Promise<boolean> {
  const image = await engineJson(engine.dockerHost, 'GET', `/images/${ref}/json`);
  return image !== undefined && imageSchema.parse(image).Config.Labels?.[LABEL] === fingerprint;
}
