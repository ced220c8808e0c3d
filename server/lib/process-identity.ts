/**
 * Who a process is. A pid alone is reused by the system, so a pid is always kept together with the start time of
 * its process and the boot it belongs to.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Opaque start mark, equal only for the same process; '' where the platform gives none. */
  started: string;
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  if (!isRunning(pid)) return undefined;
  return { pid, started: startMark(pid) };
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startMark(process.pid) };
}

/** Is this very process (not another one with its pid) still there? A zombie is not. */
export function isAlive(identity: ProcessIdentity): boolean {
  if (!isRunning(identity.pid)) return false;
  return identity.started === '' || startMark(identity.pid) === identity.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return process.platform !== 'linux' || procStat(pid)?.state !== 'Z';
}

function startMark(pid: number): string {
  if (process.platform === 'linux') return linuxMark(pid);
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

let bootId: string | undefined;

function linuxMark(pid: number): string {
  const stat = procStat(pid);
  if (stat === undefined) return '';
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}:${stat.startTicks}`;
}

/** proc(5): the fields after the command's closing parenthesis; state is field 3, ppid 4, starttime field 22. */
function procStat(pid: number): { state: string; ppid: number; startTicks: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', ppid: Number(fields[1]), startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
