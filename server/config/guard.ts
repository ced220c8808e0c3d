/**
 * What a browser may not write into `ai-lab.yaml`, even with a login: what makes this machine run something (command
 * hooks, images), ask someone (http hooks), read a file by its path, or listen to another name. A page that got hold of
 * a login could otherwise turn it into this user's shell. It may keep such entries and take them out.
 */
import { hookEntry } from '../schemas/hook-config.ts';
import { configFile } from '../schemas/config.ts';

const GUARDED: Record<string, (plain: Record<string, unknown>) => unknown[]> = {
  hooks: ({ hooks }) =>
    ['pre_apply', 'post_apply'].flatMap((phase) =>
      listOf(recordOf(hooks)[phase]).flatMap((entry) => {
        const { data } = hookEntry.safeParse(entry);
        const runs = typeof data === 'object' && (data.type === 'command' || data.type === 'http');
        return runs ? [[phase, data]] : [];
      }),
    ),
  images: ({ images }) => Object.entries(configFile.shape.images.safeParse(images).data ?? {}),
  model_path: ({ model_path: path }) => [path],
  model_folders: ({ model_folders: folders }) => listOf(folders),
  'embeddings.model_path': ({ embeddings }) => [recordOf(embeddings)['model_path']],
  allowed_hosts: ({ allowed_hosts: hosts }) => listOf(hosts),
};

/** The keys under which `after` names something guarded that `before` didn't. Both are the YAML's plain values. */
export function guardedChanges(before: unknown, after: unknown): string[] {
  return Object.entries(GUARDED).flatMap(([key, things]) => {
    const known = new Set(things(recordOf(before)).map((thing) => JSON.stringify(thing)));
    const fresh = things(recordOf(after)).some(
      (thing) => thing !== undefined && !known.has(JSON.stringify(thing)),
    );
    return fresh ? [key] : [];
  });
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
