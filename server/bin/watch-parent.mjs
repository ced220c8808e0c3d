// Ends us when the `npm start` (or npx) that launched us is gone. npm does not pass SIGTERM on, and a killed npm
// passes nothing on; a server that nobody sees any more would hold the port.
import { execFileSync } from 'node:child_process';

const POLL_MS = 500;

// Read as early as this process can, because a launcher that ends before we look can't be told any more. This module
// is loaded twice (by the start script, and within the build), so the first one's finding is shared.
const KEY = Symbol.for('ailab.launchers');
const startedByNpm = process.env.npm_lifecycle_event !== undefined || process.env.npm_command !== undefined;
if (startedByNpm) globalThis[KEY] ??= { parent: process.ppid, watched: launchers(process.ppid) };

export function watchParent(onGone) {
  if (process.channel !== undefined && process.channel !== null) {
    // Started by our own launcher: its end closes the channel, however it ended.
    process.channel.unref();
    process.once('disconnect', onGone);
    return;
  }
  if (!startedByNpm) return;
  const { parent, watched } = globalThis[KEY];
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
}

/** The parent, and the grandparent where npm put a shell between itself and us. */
function launchers(parent) {
  if (process.platform === 'win32') return [parent];
  try {
    const out = execFileSync('ps', ['-o', 'ppid=,comm=', '-p', String(parent)], { encoding: 'utf8' }).trim();
    const [grandparent, command = ''] = out.split(/\s+/);
    return /(^|\/)(da|ba|z|a|k)?sh$/.test(command) && Number(grandparent) > 1
      ? [parent, Number(grandparent)]
      : [parent];
  } catch {
    return [parent];
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
