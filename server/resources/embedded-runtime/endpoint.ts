/** The runtime as its users see it: where it listens, how it is, and when that changes. */
import { watch } from 'node:fs';
import type { Home } from '../../lib/home.ts';
import type { LabError } from '../../lib/errors.ts';
import { isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import type { Health } from '../../schemas/lab.ts';
import { readRecord } from './record.ts';
import { slotOf, slotsOf, type Role } from './slot.ts';
import { asLabError, troubleOf } from './trouble.ts';

const POLL_MS = 1000;
const RECORDS = /^(?:runtime|embeddings)\.json$/;

export interface RuntimeEndpoint {
  /** E.g. `http://127.0.0.1:18080`. */
  baseUrl: string;
  apiKey: string;
  modelName: string;
  health: Health;
  /** Epoch milliseconds at which the present model server was started. */
  startedAt: number;
}

/** One small file read and one signal 0: cheap enough for every request. Null when no model server runs. */
export function readEndpoint(home: Home, role: Role = 'model'): RuntimeEndpoint | null {
  const reading = readRecord(slotOf(home, role).record);
  if (reading.kind !== 'record') return null;
  const { record } = reading;
  const { state } = record;
  if (state !== 'starting' && state !== 'healthy' && state !== 'unhealthy') return null;
  if (record.child === null || !isAliveCheaply(record.child)) return null;
  return {
    baseUrl: `http://127.0.0.1:${record.port}`,
    apiKey: record.apiKey,
    modelName: record.modelName,
    health: state,
    startedAt: record.startedAt,
  };
}

/** Why the runtime will not come up by itself, as an error to throw; null while it runs, may come up, or never started. */
export function readFailure(home: Home, role: Role = 'model'): LabError | null {
  const slot = slotOf(home, role);
  const reading = readRecord(slot.record);
  if (reading.kind !== 'record') return null;
  const { supervisor, child } = reading.record;
  const alive = { supervisor: isAliveCheaply(supervisor), child: child !== null && isAliveCheaply(child) };
  if (alive.supervisor && reading.record.state !== 'failed') return null;
  const trouble = troubleOf(reading.record, alive, slot);
  return trouble === null ? null : asLabError(trouble);
}

/** Calls `onChange` after the record changed: by the file system's word, and by a look each second in case it is silent. */
export function watchRuntime(home: Home, onChange: () => void, signal: AbortSignal): void {
  let last = fingerprint(home);
  const look = () => {
    const now = fingerprint(home);
    if (now === last) return;
    last = now;
    onChange();
  };
  const timer = setInterval(look, POLL_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  try {
    const watcher = watch(home.root, { persistent: false, signal }, (_event, name) => {
      if (name === null || RECORDS.test(name)) look();
    });
    watcher.on('error', () => undefined);
  } catch {
    // The poll alone has to do.
  }
}

/** Each record's state and the pulse of its processes: a kill -9 of both changes no file. */
function fingerprint(home: Home): string {
  const readings = slotsOf(home).map(({ record: file }) => {
    const reading = readRecord(file);
    if (reading.kind !== 'record') return reading.kind;
    const { record } = reading;
    return [record, [record.supervisor, record.child].map((who) => who !== null && isAliveCheaply(who))];
  });
  return JSON.stringify(readings);
}

/** The start mark costs a program call where there is no /proc; there the pid alone has to do. */
function isAliveCheaply(who: ProcessIdentity): boolean {
  return isAlive(process.platform === 'linux' ? who : { ...who, started: '' });
}
