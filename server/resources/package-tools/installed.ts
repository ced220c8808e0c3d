/** What lies in `<home>/runtimes`, from the package.json files alone; npm is not asked. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { errnoOf } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';

const PREFIX = 'node-llama-cpp-';
const packageJson = z.object({ name: z.string(), version: z.string() });

export interface Installed {
  /** E.g. `node-llama-cpp-3.22.1`. */
  folder: string;
  path: string;
  /** As its folder says. */
  version: string;
  /** Why it can't be used; null when it is complete. */
  problem: string | null;
}

export function readInstalled(home: Home): Installed[] {
  return list(home.runtimes)
    .filter((folder) => folder.startsWith(PREFIX) && !folder.endsWith('.part'))
    .toSorted()
    .map((folder) => {
      const path = join(home.runtimes, folder);
      const version = folder.slice(PREFIX.length);
      return { folder, path, version, problem: problemOf(path, version) };
    });
}

function problemOf(path: string, version: string): string | null {
  const modules = join(path, 'node_modules');
  const main = readPackage(join(modules, 'node-llama-cpp', 'package.json'));
  if (typeof main === 'string') return main;
  if (main.version !== version) return `it holds version ${main.version}`;
  const [build] = list(join(modules, '@node-llama-cpp'));
  if (build === undefined) return 'the build for this platform is missing';
  const native = readPackage(join(modules, '@node-llama-cpp', build, 'package.json'));
  if (typeof native === 'string') return native;
  return native.version === version ? null : `its ${native.name} is version ${native.version}`;
}

/** The package, or what is wrong with it. */
export function readPackage(file: string): z.infer<typeof packageJson> | string {
  try {
    const parsed = packageJson.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : `${file} has no name and version`;
  } catch (error) {
    return errnoOf(error) === 'ENOENT'
      ? `${file} is missing`
      : `${file} can't be read: ${(error as Error).message}`;
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
