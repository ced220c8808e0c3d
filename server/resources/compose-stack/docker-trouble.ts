/** What the way to Docker or Docker itself said, as a named error with its fix. Never advises to widen the socket. */
import { errnoOf, isLabError, LabError } from '../../lib/errors.ts';
import type { DockerHost } from './docker-host.ts';

/** API 1.41 is Engine 20.10: the oldest the stack was run on. */
export const MIN_API = '1.41';

/** `what` completes "Docker … while …": `listing containers`. */
export function dockerTrouble(error: unknown, host: DockerHost, what: string): LabError {
  if (isLabError(error)) return error;
  const errno = errnoOf(error);
  if (errno === 'EACCES' || errno === 'EPERM') return noPermission(host, error);
  if (isTimeout(error)) return silent(host, what, error);
  if (errno !== undefined && NOT_THERE.has(errno)) return unreachable(host, errno, error);
  return new LabError({
    code: 'docker_error',
    message: `Docker refused ${what}: ${engineWords(error)}.`,
    fix: 'Look at the message; `ailab-web doctor` tells what is wrong with Docker itself.',
    status: 502,
    cause: error,
  });
}

const NOT_THERE = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTSOCK', 'ENOTFOUND']);

/** Is Docker itself away (and may come back), in contrast to a refusal? */
export function isDockerAway(error: unknown): boolean {
  return isLabError(error) && AWAY.has(error.code);
}

const AWAY = new Set(['docker_not_found', 'docker_unreachable', 'docker_timeout', 'docker_permission']);

function noPermission(host: DockerHost, cause: unknown): LabError {
  return new LabError({
    code: 'docker_permission',
    message: `Docker is there (${host.url}, from ${host.origin}), but this user may not use it.`,
    fix: 'Run `sudo usermod -aG docker $USER`, log out and in again (whoever is in that group is as mighty as root), or set up rootless Docker; or use --engine embedded.',
    status: 503,
    cause,
  });
}

function unreachable(host: DockerHost, errno: string, cause: unknown): LabError {
  return new LabError({
    code: 'docker_unreachable',
    message: `Docker does not answer at ${host.url} (from ${host.origin}): ${errno}.`,
    fix: 'Start Docker Desktop or the service (`sudo systemctl start docker`), then try again; or use --engine embedded.',
    status: 503,
    cause,
  });
}

function silent(host: DockerHost, what: string, cause: unknown): LabError {
  return new LabError({
    code: 'docker_timeout',
    message: `Docker at ${host.url} took the connection but gave no answer while ${what}.`,
    fix: 'Restart Docker; if it is only busy, try again in a moment.',
    status: 503,
    cause,
  });
}

export function tooOld(host: DockerHost, api: string, engine: string): LabError {
  return new LabError({
    code: 'docker_too_old',
    message: `Docker Engine ${engine} at ${host.url} speaks API ${api}; the lab needs ${MIN_API} (Engine 20.10) or newer.`,
    fix: 'Update Docker, or use --engine embedded.',
    status: 503,
  });
}

export function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || errnoOf(error) === 'ETIMEDOUT';
}

export function statusCodeOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** The engine's own sentence, without the client's wrapping around it. */
export function engineWords(error: unknown): string {
  const said =
    typeof error === 'object' && error !== null && 'json' in error
      ? (error.json as { message?: unknown } | null)?.message
      : undefined;
  const text = typeof said === 'string' ? said : error instanceof Error ? error.message : String(error);
  return text.trim().replace(/\.$/, '');
}
