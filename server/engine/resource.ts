/** The core's one abstraction. A resource is one kind of thing the lab reconciles; it never knows another one. */
import type { Item, Lab } from '../schemas/lab.ts';
import type { LockEntry } from '../schemas/lock.ts';
import type { PlanDownload, PlanPort } from '../schemas/plan.ts';

export type Change<T extends Item = Item> =
  | { kind: 'create'; item: T }
  | { kind: 'recreate'; item: T; fields: string[] }
  | { kind: 'remove'; item: T };

/** Progress of one step. Bytes where bytes are what moves; `message` says what is being waited for. */
export interface Progress {
  message: string;
  done?: number;
  total?: number;
  unit?: 'bytes' | 'steps';
  /** `done` is what has come over the network so far. */
  network?: boolean;
}

export interface ApplyContext {
  signal: AbortSignal;
  report(progress: Progress): void;
}

export interface LockContext extends ApplyContext {
  /** SHA-256 over the files' bytes, one file after the other; a file that hasn't changed is not read twice. */
  hash(files: readonly string[], context: ApplyContext): Promise<string>;
  /** Every byte is read: nothing is taken from a file's name. */
  measured: boolean;
  /** Of what runs already: as it is there; `asked`: as this lab asks for it. */
  of: 'asked' | 'running';
}

/** What an `up` with these changes would take from network, ports and disks. */
export interface Forecast {
  downloads?: PlanDownload[];
  ports?: PlanPort[];
  /** What will be written, by the disk that holds `folder`; null bytes are not known. */
  writes?: { of: 'home' | 'cache' | 'docker'; folder: string; bytes: number | null }[];
  /** Size of weights that are yet to come. */
  weightsBytes?: number;
}

export interface Resource<T extends Item = Item> {
  readonly id: string;
  /** `down` removes its items (processes, services); weights and tools stay. */
  readonly stopsOnDown: boolean;
  /** What this lab asks for; pure, reads nothing. */
  desired(lab: Lab): T[];
  /** What is there. A probe that fails throws, or says so on the item (`error`); it never returns an empty list instead. */
  actual(signal: AbortSignal): Promise<T[]>;
  /** Throws a LabError when an `up` with these changes (none, too) could not succeed. Runs before any hook; changes nothing. */
  check?(lab: Lab, changes: Change<T>[], signal: AbortSignal): Promise<void>;
  /** For the plan; asks, and changes nothing. It may reject: then this part of the plan is not known. */
  forecast?(lab: Lab, changes: Change<T>[], signal: AbortSignal): Promise<Forecast>;
  apply(change: Change<T>, context: ApplyContext): Promise<void>;
  /**
   * What the lock says of this lab: settings of the lab, identities from the bytes and images that are there. Null where
   * something is not there yet; throws a LabError for what must be and is not.
   */
  lock?(lab: Lab, context: LockContext): Promise<LockEntry[]>;
  /** All changes of one `up` or `down` at once, where that is faster than one after the other. */
  applyAll?(changes: Change<T>[], context: ApplyContext): Promise<void>;
}
