/**
 * Energy of the CPU packages, as Linux tells it (kernel.org, Documentation/power/powercap/powercap.rst): microjoules that
 * wrap at `max_energy_range_uj`. Readable by root only since CVE-2020-8694; absent in virtual machines.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../lib/errors.ts';

const POWERCAP = '/sys/class/powercap';

export interface EnergyCounter {
  /** Joules since some time; only differences mean anything. Null when it can't be read now. */
  read(): number | null;
  /** Said before the first reading of a request; the answer is called after its last. For what must be sampled. */
  watch?(): () => void;
}

export type FoundCounter = { counter: EnergyCounter } | { counter: null; why: string };

interface Zone {
  file: string;
  range: bigint;
  last: bigint;
  wrapped: bigint;
}

/** `folder`: for tests. */
export function findRapl(folder: string = POWERCAP): FoundCounter {
  const zones: Zone[] = [];
  try {
    // Top zones only, e.g. intel-rapl:0; what lies below a package (core, uncore) is part of it.
    for (const name of readdirSync(folder).filter((entry) => /^intel-rapl:\d+$/.test(entry))) {
      const at = join(folder, name);
      if (!readFileSync(join(at, 'name'), 'utf8').startsWith('package')) continue;
      const file = join(at, 'energy_uj');
      zones.push({
        file,
        range: numberIn(join(at, 'max_energy_range_uj')),
        last: numberIn(file),
        wrapped: 0n,
      });
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return { counter: null, why: 'this machine tells no energy (no RAPL)' };
    if (errnoOf(error) === 'EACCES' || errnoOf(error) === 'EPERM')
      return { counter: null, why: 'only root may read the energy of this CPU (RAPL, since CVE-2020-8694)' };
    return { counter: null, why: `its energy can't be read (${errnoOf(error) ?? String(error)})` };
  }
  if (zones.length === 0) return { counter: null, why: 'this machine tells no energy (no RAPL)' };
  return { counter: { read: () => readAll(zones) } };
}

function readAll(zones: readonly Zone[]): number | null {
  let total = 0n;
  try {
    for (const zone of zones) {
      const now = numberIn(zone.file);
      if (now < zone.last) zone.wrapped += zone.range;
      zone.last = now;
      total += zone.wrapped + now;
    }
  } catch {
    return null;
  }
  return Number(total) / 1_000_000;
}

const numberIn = (file: string): bigint => BigInt(readFileSync(file, 'utf8').trim());
