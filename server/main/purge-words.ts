/** What a purge takes and what it leaves, in words. */
import { folderSize } from '../resources/package-tools/folder-size.ts';
import { hubCacheRoot } from '../resources/model-weights/hub-cache.ts';
import type { PurgeView } from '../engine/purge.ts';
import type { Home } from '../lib/home.ts';
import { formatBytes, plural } from '../schemas/format.ts';

export async function purgeQuestion(
  home: Home,
  env: NodeJS.ProcessEnv,
  { entries, stack }: PurgeView,
  serverPid: number | undefined,
): Promise<string> {
  const { containers, volumes } = stack;
  const lines = [
    `This removes the lab of ${home.root}:`,
    ...(serverPid === undefined ? [] : [`  the dashboard that runs (pid ${serverPid}): it is ended`]),
    '  the model server, if one runs',
    ...(containers === 0 ? [] : [`  ${plural(containers, 'container')} of the project ${home.project}`]),
    ...(volumes.length === 0
      ? []
      : [`  ${plural(volumes.length, 'volume')} with the data in them: ${volumes.join(', ')}`]),
    '  conversations, metrics, keys, logins, lock and settings',
    ...(await Promise.all(entries.map(async (path) => `  ${path}${await sizeOf(path)}`))),
    'It leaves alone:',
    `  models in the Hugging Face cache (${hubCacheRoot(env)}) and in folders of yours`,
    '  images that Docker has pulled, and programs of the package managers',
    '  the cache of npm, and in your cache folder ailab-web/node-24, if your own Node was too old',
  ];
  return `${lines.join('\n')}\n`;
}

async function sizeOf(path: string): Promise<string> {
  const bytes = await folderSize(path);
  return bytes === 0 ? '' : ` (${formatBytes(bytes)})`;
}

/** `left`: paths in the home that are not ours. */
export function purgeStays(home: Home, left: readonly string[]): string {
  if (left.length === 0) return `The lab is gone, and ${home.root} with it.`;
  return [
    `The lab is gone. What is not of ailab-web stays in ${home.root}:`,
    ...left.map((path) => `  ${path}`),
  ].join('\n');
}
