/** Removes containers, networks and volumes: all of them in an engine of our own, one project's in anybody else's. */
import * as z from 'zod';
import { engineJson } from './engine-api.ts';

const containersSchema = z.array(z.object({ Id: z.string() }));
const networksSchema = z.array(z.object({ Id: z.string(), Name: z.string() }));
const volumesSchema = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullable() });
const BUILT_IN_NETWORKS = new Set(['bridge', 'host', 'none']);

/** Removes what carries the label (`name=value`), or everything when `label` is null. Images stay. */
export async function cleanUp(dockerHost: string, label: string | null): Promise<void> {
  const filters = label === null ? '{}' : JSON.stringify({ label: [label] });
  const list = (path: string) => `${path}filters=${encodeURIComponent(filters)}`;
  const get = (path: string) => engineJson(dockerHost, 'GET', list(path));
  const remove = (path: string) => engineJson(dockerHost, 'DELETE', path);

  const containers = containersSchema.parse(await get('/containers/json?all=1&'));
  await Promise.all(containers.map(({ Id }) => remove(`/containers/${Id}?force=1&v=1`)));
  const networks = networksSchema.parse(await get('/networks?'));
  const { Volumes } = volumesSchema.parse(await get('/volumes?'));
  await Promise.all([
    ...networks.filter(({ Name }) => !BUILT_IN_NETWORKS.has(Name)).map(({ Id }) => remove(`/networks/${Id}`)),
    ...(Volumes ?? []).map(({ Name }) => remove(`/volumes/${encodeURIComponent(Name)}?force=1`)),
  ]);
}
