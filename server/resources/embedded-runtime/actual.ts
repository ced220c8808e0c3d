/** The record, checked against the living processes, as items. Pure: what is alive is told. */
import { uptime } from 'node:os';
import type { ProcessIdentity } from '../../lib/process-identity.ts';
import type { Health, Item } from '../../schemas/lab.ts';
import type { RecordReading, RuntimeFacts, RuntimeRecord, RuntimeState } from './record.ts';
import type { Launch } from './request.ts';
import type { Role, Slot } from './slot.ts';
import { troubleOf, type Liveness } from './trouble.ts';

export interface RuntimeItem extends Item {
  /** How to start it; on desired items only. */
  launch?: Launch;
}

/** A process of this home, found by its arguments. */
export interface FoundProcess extends ProcessIdentity {
  role: 'supervisor' | 'model server';
  /** Whose it is. */
  slot: Role;
}

/** The facts that make two runtimes different. Desired and actual items both carry them; nothing else is compared. */
export function driftMeta(facts: RuntimeFacts): Item['meta'] {
  return {
    runtime: facts.runtime,
    version: facts.version,
    weights_path: facts.weightsPath,
    model_name: facts.modelName,
    context_size: facts.contextSize,
    threads: facts.threads,
    profile: facts.profile,
    port: facts.port,
    ...(facts.pooling === undefined ? {} : { pooling: facts.pooling }),
  };
}

const HEALTH: Record<RuntimeState, Health> = {
  starting: 'starting',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  exited: 'exited',
  failed: 'exited',
  stopped: 'exited',
};

/** `found`: of this slot. */
export function actualItems(
  reading: RecordReading,
  alive: Liveness,
  found: readonly FoundProcess[],
  slot: Slot,
  bootedAt = Date.now() - uptime() * 1000,
): RuntimeItem[] {
  if (reading.kind !== 'record') {
    const strays = found.map((stray) => strayItem(stray, slot));
    return reading.kind === 'absent' ? strays : [unreadable(reading.why, slot), ...strays];
  }
  const { record } = reading;
  const known = new Set([record.supervisor.pid, record.child?.pid]);
  const strays = found.filter(({ pid }) => !known.has(pid)).map((stray) => strayItem(stray, slot));
  const item = recordItem(record, alive, slot, bootedAt);
  return item === null ? strays : [item, ...strays];
}

function recordItem(
  record: RuntimeRecord,
  alive: Liveness,
  slot: Slot,
  bootedAt: number,
): RuntimeItem | null {
  if (record.state === 'stopped') return null;
  const nothingRuns = !alive.supervisor && !alive.child;
  // The machine was restarted since: nothing went wrong, nothing is there.
  if (nothingRuns && record.state !== 'failed' && record.startedAt < bootedAt) return null;
  const trouble = troubleOf(record, alive, slot);
  return {
    name: slot.name,
    domain: 'process',
    health: healthOf(record, alive),
    ...(trouble === null ? {} : { error: `${trouble.message} ${trouble.fix}` }),
    meta: {
      ...driftMeta(record),
      supervised: alive.supervisor,
      pid: alive.child ? (record.child?.pid ?? null) : null,
      started_at: record.startedAt,
      restarts: record.restarts,
      restart_at: record.restartAt,
      last_exit: record.lastExit?.reason ?? null,
      last_exit_at: record.lastExit?.at ?? null,
    },
  };
}

function healthOf(record: RuntimeRecord, alive: Liveness): Health {
  if (alive.supervisor) return alive.child ? HEALTH[record.state] : 'exited';
  return alive.child ? 'unknown' : 'exited';
}

function unreadable(why: string, slot: Slot): RuntimeItem {
  return {
    name: slot.name,
    domain: 'process',
    health: 'unknown',
    error: `${slot.record} can't be read: ${why}. Run \`ailab-web up\`: it ends what runs and starts anew.`,
    meta: { supervised: false },
  };
}

function strayItem(stray: FoundProcess, slot: Slot): RuntimeItem {
  return {
    name: `${slot.name} (pid ${stray.pid})`,
    domain: 'process',
    health: 'unknown',
    error: `A ${stray.role} of this home runs without being in ${slot.record}. Run \`ailab-web up\`: it ends it.`,
    meta: { pid: stray.pid, role: stray.role },
  };
}
