/** Compose v2 for the private engine: Debian's stable releases have none, so it is taken from sid's package. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, inBuildFolder } from './cache.ts';
import { run } from './run.ts';
import { fetchFromSid, unpack } from './sid.ts';

const COMPOSE = join('usr', 'libexec', 'docker', 'cli-plugins', 'docker-compose');

/** A folder for DOCKER_CONFIG that has Compose, and no login or setting of the user's. */
export async function composeConfigFolder(): Promise<string> {
  const config = join(cacheFolder(), 'client');
  const plugin = join(config, 'cli-plugins', 'docker-compose');
  const works = () => run(plugin, ['docker-cli-plugin-metadata'], { timeoutMs: 20_000 });
  if (existsSync(plugin) && (await works().catch(() => undefined)) !== undefined) return config;
  await inBuildFolder(async (folder) => {
    const debs = await fetchFromSid(['docker-compose'], join(folder, 'debs'), false);
    await unpack(debs, join(folder, 'tree'));
    mkdirSync(join(config, 'cli-plugins'), { recursive: true });
    renameSync(join(folder, 'tree', COMPOSE), plugin);
  });
  await works();
  return config;
}
