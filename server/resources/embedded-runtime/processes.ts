/** Finds the processes of a home by their arguments, and ends processes by identity, never by pid alone. */
import { readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '../../lib/exec.ts';
import type { Home } from '../../lib/home.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import type { FoundProcess } from './actual.ts';
import { supervisorMark, workerMark } from './request.ts';
import { slotsOf, type Slot } from './slot.ts';

const GRACE_MS = 8000;

/** Our own user's processes with a mark of this home in their arguments. Windows has no cheap way to ask. */
export async function findProcesses(home: Home): Promise<FoundProcess[]> {
  if (process.platform === 'win32') return [];
  const lines = process.platform === 'linux' ? await linuxArguments() : await psArguments();
  const slots = slotsOf(home);
  return lines.flatMap(({ pid, args }) => {
    if (pid === process.pid) return [];
    return slots.flatMap((slot) => {
      const role = roleOf(args, slot);
      const identity = role === undefined ? undefined : identityOf(pid);
      return role === undefined || identity === undefined ? [] : [{ ...identity, role, slot: slot.role }];
    });
  });
}

/** `args` is one string per process, its arguments joined and ended by NUL (by spaces where there is only ps). */
export function roleOf(args: string, slot: Slot): FoundProcess['role'] | undefined {
  const has = (...words: string[]) =>
    `${args}\0`.includes(`\0${words.join('\0')}\0`) || `${args} `.includes(` ${words.join(' ')} `);
  if (has(supervisorMark(slot))) return 'supervisor';
  if (has(workerMark(slot)) || has('--api-key-file', slot.keyFile)) return 'model server';
  return undefined;
}

/**
 * Pids of processes that are none of ours, and how long that is known. Which every look of the last seconds has seen is
 * still the same process and not read again: reading all of /proc for each status blocks the server for milliseconds.
 */
let strangers = new Map<number, { since: number; settled: boolean }>();
let lookedAt = -Infinity;
/** A process that was just forked has not become yet what it is to be; what is read after this long, stays. */
const SETTLED_MS = 1000;
/** Nobody looked for so long: pids may have come round. */
const FORGET_MS = 5000;

async function linuxArguments(): Promise<{ pid: number; args: string }[]> {
  const uid = process.getuid?.();
  const names = await readdir('/proc');
  const now = performance.now();
  const before: typeof strangers = now - lookedAt < FORGET_MS ? strangers : new Map();
  lookedAt = now;
  strangers = new Map();
  return names.flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const pid = Number(name);
    const known = before.get(pid);
    const since = known?.since ?? now;
    strangers.set(pid, { since, settled: now - since > SETTLED_MS });
    if (known?.settled === true) return [];
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (!args.includes('--a') || statSync(`/proc/${name}`).uid !== uid) return [];
      strangers.delete(pid);
      return [{ pid, args }];
    } catch {
      return [];
    }
  });
}

async function psArguments(): Promise<{ pid: number; args: string }[]> {
  const { stdout } = await exec('ps', ['-U', String(process.getuid?.()), '-wwxo', 'pid=,command='], {
    keep: 4 * 1024 * 1024,
  });
  return stdout.split('\n').map((line) => {
    const [, pid, args] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), args: args ?? '' };
  });
}

/** Asks all of them to end, waits until they are gone, and after 8 s makes them. Resolves when none is left. */
export async function endProcesses(
  identities: readonly ProcessIdentity[],
  graceMs: number = GRACE_MS,
): Promise<void> {
  const deadline = performance.now() + graceMs;
  for (const identity of identities) await send(identity, 'SIGTERM');
  let left = identities.filter(isAlive);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(25);
    left = left.filter(isAlive);
  }
  for (const identity of left) await send(identity, 'SIGKILL');
  for (let turn = 0; turn < 80 && left.some(isAlive); turn += 1) await sleep(25);
}

async function send(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(identity)) return;
  if (process.platform === 'win32') {
    await exec('taskkill', ['/pid', String(identity.pid), '/T', '/F']).catch(() => undefined);
    return;
  }
  // A model server leads its own group, so that a wrapper script's real server ends with it.
  for (const target of [-identity.pid, identity.pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch {
      // Not the leader of a group, or gone meanwhile.
    }
  }
}
