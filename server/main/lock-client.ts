/** The lock for the CLI's commands: through the running server, or by the engine in this process. */
import type { RunningEngine } from '../engine/engine.ts';
import type {
  ExportInput,
  ImportInput,
  LockExport,
  LockImport,
  LockShown,
  LockVerdict,
} from '../schemas/lock.ts';
import { plain } from './remote-error.ts';
import type { Remote } from './remote.ts';

export interface LockClient {
  show(): Promise<LockShown | null>;
  export(input: ExportInput): Promise<LockExport>;
  import(input: ImportInput): Promise<LockImport>;
  verify(): Promise<LockVerdict>;
}

export function localLock({ lock }: RunningEngine, signal: AbortSignal): LockClient {
  return {
    show: async () => lock.show(),
    export: async (input) => lock.export(input),
    import: (input) => lock.import(input, 'cli'),
    verify: () => lock.verify(signal),
  };
}

export function remoteLock({ lock }: Remote): LockClient {
  return {
    show: () => plain(lock.show.query()),
    export: (input) => plain(lock.export.query(input)),
    import: (input) => plain(lock.import.mutate(input)),
    verify: () => plain(lock.verify.query()),
  };
}
