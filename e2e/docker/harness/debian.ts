/** What the private engine needs of this Debian, installed when it is missing. */
import { existsSync, readFileSync } from 'node:fs';
import { saying } from './cache.ts';
import { findProgram, run } from './run.ts';

const PROGRAMS = { dockerd: 'docker.io', iptables: 'iptables', ip: 'iproute2' };

export function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** Installs what is missing of dockerd, iptables, ip and the docker client; touches nothing that is there. */
export async function installEngine(): Promise<void> {
  const missing = Object.entries(PROGRAMS).filter(([program]) => findProgram(program) === undefined);
  if (missing.length > 0) await aptInstall(missing.map(([, name]) => name));
  // Debian 13 has the client in a package of its own.
  if (findProgram('docker') === undefined) await aptInstall(['docker-cli']);
}

async function aptInstall(names: string[]): Promise<void> {
  const install = () =>
    run(
      'apt-get',
      ['-y', '-qq', '-o', 'DPkg::Lock::Timeout=300', 'install', '--no-install-recommends', ...names],
      {
        env: { DEBIAN_FRONTEND: 'noninteractive' },
      },
    );
  await saying(`installing ${names.join(', ')} with apt`, async () => {
    // A new machine has no lists, and old ones name versions that the mirror no longer has.
    try {
      await install();
    } catch {
      await run('apt-get', ['-qq', 'update']);
      await install();
    }
  });
}
