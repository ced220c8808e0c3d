/** What the Hub or the way to it says, as named errors with the next step. The Hub's codes: huggingface_hub, utils/_http.py. */
import type { IncomingHttpHeaders } from 'node:http';
import { errnoOf, isLabError, LabError } from '../../../lib/errors.ts';
import { isCertificate } from '../download/source.ts';
import { plain } from '../words.ts';

export interface Asked {
  /** Address of the Hub, for links. */
  endpoint: URL;
  repo: string;
  revision: string;
  file?: string;
  hasToken: boolean;
}

const PARTIAL_STAYS = 'What has come so far is kept: the same command goes on from there.';

export function hubError(
  code: string,
  status: number,
  message: string,
  fix: string,
  cause?: unknown,
): LabError {
  return new LabError({ code, status, message, fix, ...(cause === undefined ? {} : { cause }) });
}

/** An answer that is not what was asked for. */
export function refused(status: number, headers: IncomingHttpHeaders, asked: Asked): LabError {
  const { repo, revision, file, hasToken } = asked;
  const code = headers['x-error-code'];
  const base = asked.endpoint.href.replace(/\/$/, '');
  const login = `make a token with the right to read at ${base}/settings/tokens and set it as HF_TOKEN (for the server too, where one runs), or log in with \`hf auth login\``;
  if (code === 'GatedRepo')
    return hubError(
      'hub_gated',
      403,
      `${repo} is gated: its owner gives it only to accounts that have accepted the terms${hasToken ? ', and the account of your token has not, or was not let in yet' : ''}.`,
      hasToken
        ? `Open ${base}/${repo}, accept the terms with the account of your token, then pull again.`
        : `Open ${base}/${repo}, log in and accept the terms; then ${login}, and pull again.`,
    );
  if (status === 401)
    return hasToken
      ? hubError(
          'hub_token_refused',
          401,
          `The Hub does not accept your token for ${repo}: the token has expired or was revoked, or its account can't see that repository.`,
          `Check the name, then ${login}.`,
        )
      : hubError(
          'hub_login_needed',
          401,
          `The Hub shows no public repository ${repo}: it is private, or there is none of that name.`,
          `Check the name at ${base}/${repo}; for a private one ${login}.`,
        );
  if (status === 403)
    return hubError(
      'hub_forbidden',
      403,
      `The Hub forbids reading ${repo}${hasToken ? ' with your token' : ''}.`,
      hasToken
        ? `Give the token the right to read this repository at ${base}/settings/tokens, then pull again.`
        : `Have your account let in at ${base}/${repo}; then ${login}.`,
    );
  if (code === 'RevisionNotFound')
    return hubError(
      'hub_revision_not_found',
      404,
      `${repo} has no revision ${plain(revision)}.`,
      `Leave '@…' out, or name a branch, tag or commit of ${base}/${repo}/commits/main.`,
    );
  if (code === 'EntryNotFound')
    return hubError(
      'hub_file_not_found',
      404,
      `${repo} has no file ${plain(file ?? '')}.`,
      `Look at ${base}/${repo}/tree/main.`,
    );
  if (status === 404)
    return hubError(
      'hub_repo_not_found',
      404,
      `The Hub has no repository ${repo}.`,
      `Check the name at ${base}/${repo}.`,
    );
  if (status === 429)
    return hubError(
      'hub_rate_limited',
      503,
      'The Hub asks to slow down (429).',
      `Wait some minutes, or log in for a higher limit: ${login}. ${PARTIAL_STAYS}`,
    );
  if (status >= 500)
    return hubError(
      'hub_unavailable',
      503,
      `The Hub is in trouble itself: it answered ${status}, again and again.`,
      `Try again later. ${PARTIAL_STAYS}`,
    );
  return hubError(
    'hub_unexpected',
    503,
    `${asked.endpoint.host} answered ${status} where a Hub would not.`,
    'Check HF_ENDPOINT and the proxy settings.',
  );
}

/** No answer at all. `cause` keeps the system's own words. */
export function unreachable(host: string, error: unknown, blindToProxy = false): LabError {
  if (isLabError(error)) return error;
  const errno = errnoOf(error) ?? 'no answer';
  if (isCertificate(errno))
    return hubError(
      'hub_certificate',
      503,
      `The certificate of ${host} is not trusted here (${errno}).`,
      "Where a company's proxy reads along, give its certificate in NODE_EXTRA_CA_CERTS or SSL_CERT_FILE, and start ailab-web again.",
      error,
    );
  return hubError(
    'hub_unreachable',
    503,
    `${host} can't be reached (${errno}).`,
    blindToProxy
      ? `A proxy is set, and this Node (${process.version}) can't use one: run ailab-web with Node 24. ${PARTIAL_STAYS}`
      : `Check the network, and HTTPS_PROXY and HF_ENDPOINT where they are needed. ${PARTIAL_STAYS}`,
    error,
  );
}

export function badRedirect(host: string): LabError {
  return hubError(
    'hub_bad_redirect',
    503,
    `${host} redirects to where a Hub would not.`,
    'Check HF_ENDPOINT and the proxy settings.',
  );
}

/** It answers, but not as a Hub does. */
export function notAHub(host: string, why: string): LabError {
  return hubError(
    'hub_unexpected',
    503,
    `${host} does not answer as a Hub: ${plain(why)}.`,
    'Check HF_ENDPOINT and the proxy settings.',
  );
}

export function offline(): LabError {
  return hubError(
    'hub_offline',
    409,
    'HF_HUB_OFFLINE is set: the Hub is not asked.',
    'Unset HF_HUB_OFFLINE (and TRANSFORMERS_OFFLINE), then pull again.',
  );
}

export function interrupted(host: string, done: number, total: number): LabError {
  return hubError(
    'hub_interrupted',
    503,
    `The connection to ${host} broke off again and again; ${done.toLocaleString('en')} of ${total.toLocaleString('en')} bytes have come.`,
    PARTIAL_STAYS,
  );
}
