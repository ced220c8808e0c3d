/** Everything that Compose made for a home: for `purge`, whatever engine and services ai-lab.yaml names today. */
import { existsSync } from 'node:fs';
import type { Home } from '../../lib/home.ts';
import { connectEngine } from './engine-api.ts';
import { HASH_LABEL, stackLayout } from './layout.ts';
import { removeStackVolumes } from './resource.ts';

export interface StackRest {
  containers: number;
  /** Names. */
  volumes: string[];
}

/** Has this home ever had to do with Docker? */
export function hadStack(home: Home): boolean {
  return existsSync(stackLayout(home).root);
}

/** Throws what keeps Docker from being asked. */
export async function stackRest(home: Home, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<StackRest> {
  const engine = await connectEngine(env, signal);
  const containers = await engine.containers(home.project, signal);
  return {
    containers: containers.filter(({ Labels }) => Labels?.[HASH_LABEL] !== undefined).length,
    volumes: await engine.volumes(home.project, signal),
  };
}

/** Containers, networks and volumes of the project; a stranger's container with our project label stays. */
export async function removeStack(home: Home, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const engine = await connectEngine(env, signal);
  const containers = await engine.containers(home.project, signal);
  const ours = containers.filter(({ Labels }) => Labels?.[HASH_LABEL] !== undefined);
  await Promise.all(ours.map(({ Id }) => engine.stopAndRemove(Id, signal)));
  for (const network of await engine.networks(home.project, signal))
    await engine.removeNetwork(network, signal);
  await removeStackVolumes(home, env, signal);
}
