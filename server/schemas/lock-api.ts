/** What the engine offers of the lock; the CLI without a server and the web API use exactly this. */
import type {
  ExportInput,
  ImportInput,
  LockExport,
  LockImport,
  LockInfo,
  LockShown,
  LockVerdict,
} from './lock.ts';

export interface LockApi {
  /** The lock in force; null before the first successful `up`. */
  show(): LockShown | null;
  history(limit: number): LockInfo[];
  export(input: ExportInput): LockExport;
  /** What an import would do; writes nothing. Throws a named error with line and key for what is no lock. */
  preview(input: ImportInput): LockImport;
  import(input: ImportInput, startedBy: string): Promise<LockImport>;
  /** Recomputes everything, and reads whole files that have changed. */
  verify(signal: AbortSignal): Promise<LockVerdict>;
}
