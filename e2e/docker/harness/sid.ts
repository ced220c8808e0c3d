/**
 * Packages of Debian sid as .deb files, through an apt of our own: own sources, own lists, nothing added to the
 * system's. They go into images, or are newer than what this Debian has; none is ever installed.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, saying } from './cache.ts';
import { takeLock } from './lock.ts';
import { run } from './run.ts';

const LISTS_MAX_AGE_MS = 24 * 3600_000;
const DOWNLOAD = ['install', '-y', '--download-only', '--no-install-recommends'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Brings packages of sid into `folder` as .deb files, checked by apt against the archive's signature. With
 * `dependencies`, all that they need too, as on a system that has nothing.
 */
export async function fetchFromSid(
  names: string[],
  folder: string,
  dependencies: boolean,
): Promise<string[]> {
  const root = join(cacheFolder(), 'apt');
  mkdirSync(join(root, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'partial'), { recursive: true });
  const lock = await takeLock(join(cacheFolder(), 'apt.lock'), 'the cache of package lists');
  try {
    const options = await sidOptions(root);
    const fetch = () =>
      dependencies
        ? run('apt-get', [...options, '-o', `Dir::Cache::archives=${folder}`, ...DOWNLOAD, ...names])
        : run('apt-get', [...options, 'download', ...names], { cwd: folder });
    await saying(`getting ${names.join(', ')} of Debian sid`, async () => {
      if (!freshLists(root)) await updateLists(root, options);
      await fetch().catch(async () => {
        await updateLists(root, options);
        await fetch();
      });
    });
  } finally {
    lock.release();
  }
  return (await readdir(folder)).filter((name) => name.endsWith('.deb')).map((name) => join(folder, name));
}

const updated = (root: string) => join(root, 'updated');

function freshLists(root: string): boolean {
  return existsSync(updated(root)) && Date.now() - statSync(updated(root)).mtimeMs < LISTS_MAX_AGE_MS;
}

async function updateLists(root: string, options: string[]): Promise<void> {
  await run('apt-get', [...options, 'update', '--error-on=any']);
  writeFileSync(updated(root), '');
}

/** The system's proxies and credentials stay in force; its sources, pins, lists and installed packages don't. */
async function sidOptions(root: string): Promise<string[]> {
  const sources = join(root, 'sources.list');
  writeFileSync(`${sources}.draft`, `deb [signed-by=${KEYRING}] ${await mirror()} sid main\n`);
  renameSync(`${sources}.draft`, sources);
  writeFileSync(join(root, 'status'), '');
  const settings = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State::lists': join(root, 'lists'),
    'Dir::State::status': join(root, 'status'),
    'Dir::Cache': root,
    'APT::Default-Release': '',
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    // A mirror may hold an index past its date.
    'Acquire::Check-Valid-Until': 'false',
  };
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}

/** Where this system itself gets Debian from. */
async function mirror(): Promise<string> {
  const codename = /^VERSION_CODENAME=(.+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'stable';
  const targets = await run('apt-get', ['indextargets', '--format', '$(RELEASE) $(REPO_URI)']);
  const uris = targets
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([release, uri]) => uri !== undefined && (release === codename || release === 'stable'))
    .flatMap(([, uri]) => (uri !== undefined && /\/debian\/?$/.test(uri) ? [uri] : []));
  const [first] = uris;
  if (first === undefined)
    throw new Error(
      `apt has no source of Debian ${codename}: \`apt-get indextargets\` names none ending in /debian.`,
    );
  return first;
}

/** Unpacks .deb files over `tree`, which keeps the links of a merged /usr that it has. */
export async function unpack(debs: string[], tree: string): Promise<void> {
  mkdirSync(tree, { recursive: true });
  for (const deb of debs) await run('dpkg-deb', ['-x', deb, tree]);
}

/** The upstream part of a .deb's version: `1:0.7.0+dfsg-2` is 0.7.0. */
export async function upstreamVersion(debs: string[], name: string): Promise<string> {
  const deb = debs.find((path) => path.split('/').at(-1)?.startsWith(`${name}_`));
  if (deb === undefined) throw new Error(`apt brought no package ${name}.`);
  const version = (await run('dpkg-deb', ['-f', deb, 'Version'])).trim();
  return version.replace(/^\d+:/, '').replace(/[+~-].*$/, '');
}
