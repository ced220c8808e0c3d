/** The swap of a link's one-time token for a login, and the question whether the kept login is still good. */
'use client';

import { readSecret, storeSecret } from '../_lib/session.ts';
import type { Report } from '../_lib/report.ts';

/** Takes the token out of the address at once, so that it stays neither in the bar nor in the history. */
export function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}

export async function logIn(token: string): Promise<'in' | Report> {
  const response = await fetch('/auth/login', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  });
  const body: unknown = await response.json().catch(() => null);
  const secret = response.ok ? text(body, 'secret') : undefined;
  if (secret !== undefined) return storeSecret(secret) ? 'in' : NO_STORAGE;
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  return {
    code: text(error, 'code') ?? 'login_failed',
    message: text(error, 'message') ?? `The server answered ${response.status} without saying why.`,
    fix: text(error, 'fix') ?? 'Run `ailab-web open` in a terminal for a fresh link.',
  };
}

/** Without a link: is there a login in this browser that still holds? */
export async function resume(): Promise<'in' | 'out'> {
  const secret = readSecret();
  if (secret === null) return 'out';
  const response = await fetch('/auth/session', { headers: { 'x-ailab-secret': secret } });
  return response.ok ? 'in' : 'out';
}

const NO_STORAGE: Report = {
  code: 'no_storage',
  message: 'This browser keeps nothing for this page, so a login cannot last.',
  fix: 'Allow storage for localhost, or use a window that is not private. Then run `ailab-web open` for a fresh link.',
};

function text(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: unknown = (value as Record<string, unknown>)[key];
  return typeof found === 'string' ? found : undefined;
}
