/**
 * Writes images as `docker load` reads them: a tar with manifest.json, one config per image, and uncompressed
 * layers (moby's image specification v1.2). No engine is needed for it, and images in one archive share layers.
 */
import { copyFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sha256File } from './cache.ts';
import { run } from './run.ts';

/** What a Dockerfile would say. Durations are nanoseconds. */
export interface ImageConfig {
  Entrypoint: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
  ExposedPorts?: Record<string, Record<string, never>>;
  Volumes?: Record<string, Record<string, never>>;
  Healthcheck?: { Test: string[]; Interval?: number; Timeout?: number; Retries?: number };
  Labels?: Record<string, string>;
}

/** A folder as a layer, or only some paths in it; every file belongs to `owner` (`uid:gid`). */
export interface LayerSource {
  tree: string;
  owner: string;
  paths?: string[];
}

export interface ImageSource {
  ref: string;
  config: ImageConfig;
  layers: LayerSource[];
}

/** Same files, same bytes: no names of owners, no times, sorted. */
const STABLE = ['--sort=name', '--mtime=@0', '--numeric-owner', '--format=posix'];
const NO_TIMES = '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime';

/** Writes the images into `archive`; `scratch` is an empty folder on the same disk. */
export async function writeImageArchive(
  archive: string,
  images: ImageSource[],
  scratch: string,
): Promise<void> {
  const content = join(scratch, 'content');
  mkdirSync(content, { recursive: true });
  const written = new Map<LayerSource, string>();
  for (const layer of new Set(images.flatMap(({ layers }) => layers)))
    written.set(layer, await writeLayer(layer, scratch, content));
  const manifest = images.map(({ ref, config, layers }) => {
    const ids = layers.map((layer) => written.get(layer) as string);
    const text = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      created: '1970-01-01T00:00:00Z',
      config,
      rootfs: { type: 'layers', diff_ids: ids.map((id) => `sha256:${id}`) },
    });
    const name = `${createHash('sha256').update(text).digest('hex')}.json`;
    writeFileSync(join(content, name), text);
    return { Config: name, RepoTags: [ref], Layers: ids.map((id) => `${id}/layer.tar`) };
  });
  writeFileSync(join(content, 'manifest.json'), JSON.stringify(manifest));
  await run('tar', ['-c', '-f', archive, '-C', content, '.', ...STABLE]);
}

/** Returns the layer's diff id: the sha256 of its tar. */
async function writeLayer(layer: LayerSource, scratch: string, content: string): Promise<string> {
  const { tree, owner, paths = ['.'] } = layer;
  const [uid, gid] = owner.split(':');
  const draft = join(scratch, 'layer.tar');
  await run('tar', [
    '-c',
    '-f',
    draft,
    ...STABLE,
    NO_TIMES,
    `--owner=${uid}`,
    `--group=${gid}`,
    '-C',
    tree,
    ...paths,
  ]);
  const id = await sha256File(draft);
  mkdirSync(join(content, id), { recursive: true });
  renameSync(draft, join(content, id, 'layer.tar'));
  return id;
}

/** Copies a file into a tree, with the folders on its way. */
export function put(tree: string, path: string, from: string): void {
  mkdirSync(join(tree, path, '..'), { recursive: true });
  copyFileSync(from, join(tree, path));
}
