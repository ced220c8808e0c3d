// `npm run lock`, after every `npm install`: a registry that lacks a platform's optional package makes npm leave it out
// of package-lock.json, and then `npm ci` refuses the file everywhere. This puts those entries back, by version and
// platform; npm fetches one only on its own platform. Their integrity is not known here and not invented.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './prepare.mjs';

const SYSTEMS = [
  'darwin',
  'win32',
  'linux',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
];
const CPUS = ['arm64', 'x64', 'ia32', 'arm', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

const file = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const platform = platformOf(name);
    if (lock.packages[path] !== undefined || platform === undefined || !/^\d/.test(version)) continue;
    lock.packages[path] = {
      version,
      ...platform,
      ...(owner.dev === true ? { dev: true } : {}),
      optional: true,
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'package-lock.json is complete.' : `Added:\n${added.join('\n')}`);

/** `@next/swc-linux-x64-musl` → os, cpu and libc, as the package itself says; undefined for a name of another kind. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = CPUS.find((one) => words.includes(one));
  if (os === undefined || cpu === undefined) return undefined;
  const musl = words.some((word) => word.startsWith('musl'));
  const libc = os !== 'linux' ? {} : { libc: [musl ? 'musl' : 'glibc'] };
  return { cpu: [cpu], ...libc, os: [os] };
}
