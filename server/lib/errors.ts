/**
 * The one error type of the product. It is told apart by its brand and `code`, never by `instanceof`:
 * Next instantiates a module several times in one process, so classes with the same name differ.
 */

const BRAND = Symbol.for('ailab.error');

export interface LabErrorInit {
  /** Stable machine name in snake_case, e.g. `weights_not_found`. */
  code: string;
  /** What happened and where, in words a user reads. */
  message: string;
  /** The exact next step. Empty only where there is none. */
  fix: string;
  /** HTTP status that fits; 500 unless told. */
  status?: number;
  /** Facts for `-o json` and for the support bundle. Never a secret. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

export class LabError extends Error {
  readonly [BRAND] = true;
  readonly code: string;
  readonly fix: string;
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(init: LabErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'LabError';
    this.code = init.code;
    this.fix = init.fix;
    this.status = init.status ?? 500;
    this.details = init.details ?? {};
  }
}

export function isLabError(error: unknown): error is LabError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** What crosses a wire or goes into the database. */
export interface ErrorReport {
  code: string;
  message: string;
  fix: string;
}

/** A full disk, or a fault of SQLite in the middle of the work, as a named error; undefined for anything else. */
export function databaseTrouble(error: unknown): LabError | undefined {
  const full = asDiskFull(error);
  if (full !== null) return full;
  const code = errnoOf(error) ?? '';
  if (!code.startsWith('SQLITE_')) return undefined;
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new LabError({
      code: 'database_locked',
      message: 'Another program holds the database of the lab locked, so nothing could be written.',
      fix: 'Close that program (a database browser, a backup tool), then try again.',
      status: 503,
      cause: error,
    });
  if (/^SQLITE_(READONLY|IOERR|CANTOPEN)/.test(code))
    return new LabError({
      code: 'database_unwritable',
      message: `The database of the lab can't be written: ${(error as Error).message}.`,
      fix: 'Look whether the disk of the home is full, read-only or gone, then try again.',
      status: 503,
      cause: error,
    });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new LabError({
      code: 'database_corrupt',
      message: `The database of the lab is damaged: ${(error as Error).message}.`,
      fix: 'End the dashboard and start it again: it puts the newest backup in its place, and keeps the damaged file.',
      status: 503,
      cause: error,
    });
  return undefined;
}

/** Any thrown value as a report; an unknown fault keeps its own words, marked as internal. */
export function reportError(thrown: unknown): ErrorReport {
  const error = databaseTrouble(thrown) ?? thrown;
  if (isLabError(error)) return { code: error.code, message: error.message, fix: error.fix };
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message,
    fix: 'This is a fault of ailab-web. Run `ailab-web doctor` and report what it prints.',
  };
}

/** A disk without space, whoever met it: the file system or SQLite. Null for anything else. */
export function asDiskFull(error: unknown): LabError | null {
  const errno = errnoOf(error);
  if (errno !== 'ENOSPC' && errno !== 'SQLITE_FULL') return null;
  return new LabError({
    code: 'disk_full',
    message: 'No space is left on the disk that holds the home of the lab: nothing could be written.',
    fix: 'Free some space, then do the same again; what runs goes on, and nothing is lost.',
    status: 507,
    cause: error,
  });
}

export function isAbort(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === 'ABORT_ERR'))
  );
}

export function errnoOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return undefined;
}
