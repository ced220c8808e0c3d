/** What package-tools asks of a package manager. Each one is a small file; none knows what a lab is. */
import type { ApplyContext } from '../../engine/resource.ts';
import { LabError } from '../../lib/errors.ts';
import { lastWords, type ExecResult } from '../../lib/exec.ts';

export interface PackageSpec {
  name: string;
  /** Exact; null: whatever the manager's current one is. */
  version: string | null;
}

export interface PackageManager {
  readonly id: string;
  available(signal: AbortSignal): Promise<boolean>;
  /** Name to version of the packages that are ours to know. */
  installed(signal: AbortSignal): Promise<Map<string, string>>;
  install(spec: PackageSpec, context: ApplyContext): Promise<void>;
}

/** Exit code and last words say more than a table of guesses at them. */
export function installFailed(manager: string, spec: PackageSpec, result: ExecResult, fix: string): LabError {
  const version = spec.version === null ? '' : `@${spec.version}`;
  const how = result.code === null ? `was ended by ${result.signal}` : `ended with exit code ${result.code}`;
  return new LabError({
    code: 'install_failed',
    message: `${manager} could not install ${spec.name}${version}: it ${how}. Its last words: ${withoutPasswords(lastWords(result))}`,
    fix,
    details: { manager, package: spec.name, exit_code: result.code },
  });
}

/** Installers quote the address of their index, and that may carry a password. */
function withoutPasswords(text: string): string {
  return text.replaceAll(/:\/\/[^/\s@]+@/g, '://…@');
}
