/** The file trees of the test images: Debian's own binaries, and this Node for the stand-ins. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { put } from './image-archive.ts';
import { run } from './run.ts';

const MERGED = ['bin', 'sbin', 'lib', 'lib64'];
const NOT_NEEDED = ['doc', 'man', 'locale', 'lintian', 'bug', 'info', 'bash-completion', 'zsh', 'fish'];
const PASSWD = [
  'root:x:0:0:root:/root:/bin/sh',
  'nobody:x:65534:65534:nobody:/:/bin/sh',
  'grafana:x:472:0:grafana:/usr/share/grafana:/bin/sh',
];
const GROUP = ['root:x:0:', 'nogroup:x:65534:', 'grafana:x:472:'];

/** An empty system with a merged /usr, as sid's packages expect it, and the few files every program looks for. */
export function makeTree(tree: string): string {
  for (const name of MERGED) {
    mkdirSync(join(tree, 'usr', name), { recursive: true });
    symlinkSync(join('usr', name), join(tree, name));
  }
  for (const name of ['etc', 'root', 'run', 'var', 'tmp']) mkdirSync(join(tree, name));
  chmodSync(join(tree, 'tmp'), 0o1777);
  writeFileSync(join(tree, 'etc', 'passwd'), `${PASSWD.join('\n')}\n`);
  writeFileSync(join(tree, 'etc', 'group'), `${GROUP.join('\n')}\n`);
  writeFileSync(join(tree, 'etc', 'nsswitch.conf'), 'hosts: files dns\n');
  return tree;
}

export function trim(tree: string): void {
  for (const name of NOT_NEEDED) rmSync(join(tree, 'usr', 'share', name), { recursive: true, force: true });
}

/** Shell and small tools for health checks, where the tree has none of its own. */
export async function addBusybox(tree: string, busybox: string): Promise<void> {
  put(tree, 'usr/bin/busybox', busybox);
  chmodSync(join(tree, 'usr/bin/busybox'), 0o755);
  for (const applet of (await run(busybox, ['--list'])).trim().split('\n')) {
    const path = join(tree, 'usr', 'bin', applet);
    if (!existsSync(path) && !existsSync(join(tree, 'usr', 'sbin', applet))) symlinkSync('busybox', path);
  }
}

/** This very Node with the libraries it is linked to. */
export async function addNode(tree: string): Promise<void> {
  put(tree, 'usr/bin/node', process.execPath);
  for (const library of await librariesOf(process.execPath))
    put(tree, join('usr', library.replace(/^\/(usr\/)?/, '')), realpathSync(library));
}

/** Absolute paths out of ldd's lines `libc.so.6 => /lib/…/libc.so.6 (0x…)` and `/lib64/ld-linux… (0x…)`. */
async function librariesOf(program: string): Promise<string[]> {
  const text = await run('ldd', [program]);
  if (text.includes('not found')) throw new Error(`A library of ${program} is missing:\n${text}`);
  return [...text.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].map((match) => match[1] as string);
}

/** A pure JavaScript package of our own dependencies. */
export function addPackage(tree: string, name: string): void {
  const manifest = fileURLToPath(import.meta.resolve(`${name}/package.json`));
  const target = join('opt/stand-in/node_modules', name);
  put(tree, join(target, 'package.json'), manifest);
  copyFolder(join(dirname(manifest), 'dist'), tree, join(target, 'dist'));
}

function copyFolder(from: string, tree: string, path: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.js')) continue;
    const file = join(entry.parentPath, entry.name);
    put(tree, join(path, file.slice(from.length)), file);
  }
}

/** An executable file with this text. */
export function script(tree: string, path: string, text: string): void {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
  chmodSync(join(tree, path), 0o755);
}

/** Empty folders for a layer that gives them to somebody, open to all as the official images have it. */
export function folders(tree: string, paths: string[], mode: number): string {
  for (const path of paths) {
    mkdirSync(join(tree, path), { recursive: true });
    chmodSync(join(tree, path), mode);
  }
  return tree;
}
