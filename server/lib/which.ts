/** Finds a program on the PATH as a shell would, without running anything. */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Absolute path, or undefined. On Windows only `.exe`: a `.cmd` can't be run without a shell. */
export function which(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const file = platform === 'win32' && !name.endsWith('.exe') ? `${name}.exe` : name;
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter)) {
    if (folder !== '' && isProgram(join(folder, file))) return join(folder, file);
  }
  return undefined;
}

export function isProgram(path: string): boolean {
  try {
    // Most of what is asked for is not there, and an exception for each takes its time.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
