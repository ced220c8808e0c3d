/**
 * Opens the user's browser on a login link. The link holds a token, and every user of a machine can read the
 * arguments of every program; so the browser is handed a page that only this user can read, and that leads there.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exec } from '../lib/exec.ts';
import type { Home } from '../lib/home.ts';

const ASK_WITHIN_MS = 2000;

/** Where there is a display to open it on; never fails, for the link is printed too. */
export async function openBrowser(link: string, home: Home, env: NodeJS.ProcessEnv): Promise<void> {
  const [file, ...args] = opener(env);
  if (file === undefined) return;
  try {
    // On Windows other users can't read a program's arguments.
    const target = process.platform === 'win32' ? link : writeDoor(link, await doorFolder(home, env));
    const child = spawn(file, [...args, target], { stdio: 'ignore', detached: true });
    child.on('error', () => undefined);
    child.unref();
  } catch {
    // A full disk, say: the printed link still works.
  }
}

function opener(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') return ['open'];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  const display = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return display ? ['xdg-open'] : [];
}

/** A browser from a snap (Ubuntu's Firefox) can't read hidden folders such as the home; it can read its own. */
async function doorFolder(home: Home, env: NodeJS.ProcessEnv): Promise<string> {
  if (process.platform !== 'linux') return home.root;
  const signal = AbortSignal.timeout(ASK_WITHIN_MS);
  const asked = await exec('xdg-settings', ['get', 'default-web-browser'], { signal, env }).catch(
    () => undefined,
  );
  const snap = /^([a-z0-9-]+)_\S*\.desktop$/.exec(asked?.stdout.trim() ?? '')?.[1];
  const own = snap === undefined ? undefined : join(env['HOME'] ?? homedir(), 'snap', snap, 'common');
  return own !== undefined && existsSync(own) ? own : home.root;
}

/** The page that leads to the link, as a file URL; 0600, and written over by the next one. */
function writeDoor(link: string, folder: string): string {
  const path = join(folder, 'ailab-web-open.html');
  // A file that is there already would keep its own rights.
  rmSync(path, { force: true });
  writeFileSync(
    path,
    `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>ailab-web</title>
<meta http-equiv="refresh" content="0; url=${link}"><p><a href="${link}">Open ailab-web</a></p>\n`,
    { mode: 0o600, flag: 'wx' },
  );
  return pathToFileURL(path).href;
}
