import { spawn } from 'node:child_process';

/** Opens the user's browser, where there is a display to open it on; never waits and never fails. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): void {
  const [file, ...args] = opener(url, env);
  if (file === undefined) return;
  const child = spawn(file, args, { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}

function opener(url: string, env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') return ['open', url];
  if (process.platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  const display = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return display ? ['xdg-open', url] : [];
}
