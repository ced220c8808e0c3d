/** The script that a page needs before it lives, as the build tells it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as z from 'zod';

/** Of an empty app: `node e2e/bench/bench.ts first-load` measures it anew, for other versions or where this is doubted. */
export const EMPTY_APP = { bytes: 134_979, next: '16.4.6', react: '19.3.1', measured: '2026-11-22' } as const;
export const AT_MOST = 1.5;

const buildManifest = z.object({ rootMainFiles: z.array(z.string()).min(1) });
const routes = z.record(z.string(), z.string());
const entries = z.object({ entryJSFiles: z.record(z.string(), z.array(z.string())) });

/** Bytes, gzipped, by the page's path; `folder` is a `.next`. */
export function firstLoads(folder: string): Map<string, number> {
  const json = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const shared = buildManifest.parse(json('build-manifest.json')).rootMainFiles;
  const sizes = new Map<string, number>();
  const sizeOf = (file: string) => {
    const size = sizes.get(file) ?? gzipSync(readFileSync(join(folder, file))).length;
    sizes.set(file, size);
    return size;
  };
  const pages = Object.entries(routes.parse(json('app-path-routes-manifest.json')));
  return new Map(
    pages
      .filter(([entry]) => entry.endsWith('/page'))
      .map(([entry, path]) => {
        const files = new Set([...shared, ...filesOf(folder, entry)]);
        return [path, [...files].reduce((sum, file) => sum + sizeOf(file), 0)];
      }),
  );
}

/** The manifest is a script that assigns one object; that object is JSON. */
function filesOf(folder: string, entry: string): string[] {
  const script = readFileSync(join(folder, 'server', 'app', `${entry}_client-reference-manifest.js`), 'utf8');
  const object = /\] = (\{.*\})/s.exec(script)?.[1];
  if (object === undefined) throw new Error(`the manifest of ${entry} has another form than is known`);
  const { entryJSFiles } = entries.parse(JSON.parse(object));
  return Object.values(entryJSFiles).flat();
}
