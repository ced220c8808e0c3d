/** Whom a download asks: the Hub or a package index. What differs between them is who may know a secret, and the words. */
import type { LabError } from '../../../lib/errors.ts';

export interface Source {
  /** Proxies and certificates are its own. */
  env: NodeJS.ProcessEnv;
  /** Only requests to this origin carry `authorization`. */
  origin: string;
  /** A secret: the value of that header, or null. */
  authorization: string | null;
  trouble: Trouble;
}

/** Errors in the source's own words. `host` never holds a password. */
export interface Trouble {
  /** The code of `unreachable` where another try may help. */
  passing: string;
  unreachable(host: string, error: unknown, blindToProxy: boolean): LabError;
  badRedirect(host: string): LabError;
  /** It answers, but not as such a source does; `why` completes the sentence. */
  unexpected(why: string): LabError;
  interrupted(done: number, total: number): LabError;
  /** What the file system said while `path` was written; anything else as it is. */
  disk(path: string, error: unknown): unknown;
}

export interface Patience {
  signal: AbortSignal;
  /** Milliseconds without a byte. */
  idleMs: number;
  /** Milliseconds before the tries after the first; none: one try. */
  retryMs: readonly number[];
}

/** Statuses after which the same request may well work. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH|^ERR_TLS/;

/** Is it the other side's certificate that is not trusted? By the system's own word for it. */
export function isCertificate(errno: string): boolean {
  return CERTIFICATE.test(errno);
}

export function withoutPassword(text: string): string {
  return text.replaceAll(/:\/\/[^/\s@]+@/g, '://…@');
}
