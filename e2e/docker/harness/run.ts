/** Runs a program of the system and gives its stdout, or throws with the program's own last words. */
import { exec, lastWords } from '../../../server/lib/exec.ts';
import { which } from '../../../server/lib/which.ts';

export interface RunOptions {
  /** Over this process's own environment. */
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** 10 minutes unless told. */
  timeoutMs?: number;
}

/** Daemons and their tools live in the sbin folders, which not every shell's PATH has. */
export function systemEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
}

export function findProgram(name: string): string | undefined {
  return which(name, systemEnv());
}

export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await exec(file, args, {
    env: { ...systemEnv(), ...options.env },
    signal: AbortSignal.timeout(options.timeoutMs ?? 600_000),
    keep: 4 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  if (result.code !== 0)
    throw new Error(
      `${[file, ...args].join(' ')} ended with ${result.code ?? result.signal}:\n${lastWords(result)}`,
    );
  return result.stdout;
}
