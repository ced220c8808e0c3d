/**
 * Who this browser is to the server: a cookie that script cannot see, and a secret that only this origin's script
 * has. Every data call needs both. The secret lives in localStorage, so all tabs of this origin share it.
 */
'use client';

import { useSyncExternalStore } from 'react';

const SECRET = 'ailab-secret';
const WANTED = 'ailab-wanted';

export type SessionState = 'in' | 'out';

let lost = false;
const listeners = new Set<() => void>();

/** Storage is refused in some private windows: then there is no secret, which is the truth. */
export function readSecret(): string | null {
  try {
    return localStorage.getItem(SECRET);
  } catch {
    return null;
  }
}

/** False when this browser keeps nothing, and so cannot be logged in. */
export function storeSecret(secret: string): boolean {
  try {
    localStorage.setItem(SECRET, secret);
    return true;
  } catch {
    return false;
  }
}

/** A call was answered 401: everything stops asking until there is a new login. */
export function markLoggedOut(): void {
  if (lost) return;
  lost = true;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  const onStorage = (event: StorageEvent) => {
    // Another tab has logged in: this one starts over with the new secret.
    if (event.key === SECRET && event.newValue !== null && lost) location.reload();
    else if (event.key === SECRET) listener();
  };
  addEventListener('storage', onStorage);
  return () => {
    listeners.delete(listener);
    removeEventListener('storage', onStorage);
  };
}

const snapshot = (): SessionState => (lost || readSecret() === null ? 'out' : 'in');

/** The server renders the shell for a browser that is logged in; the first effect tells otherwise. */
const serverSnapshot = (): SessionState => 'in';

export function useSession(): SessionState {
  return useSyncExternalStore(subscribe, snapshot, serverSnapshot);
}

/** `fetch` with the secret; a 401 ends the session in one place, whoever asked. */
export async function authFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  const secret = readSecret();
  if (secret !== null) headers.set('x-ailab-secret', secret);
  const response = await fetch(input, { ...init, headers });
  if (response.status === 401) markLoggedOut();
  return response;
}

/** Only a path of this origin: `//host` in an address bar would lead elsewhere. */
export function safePath(path: string | null): string {
  return path !== null && /^\/(?![/\\])/.test(path) && !path.startsWith('/login') ? path : '/';
}

/** Keeps the page a visitor asked for while this tab gets its login. */
export function rememberWanted(): void {
  const path = safePath(location.pathname + location.search);
  if (path === '/') return;
  try {
    sessionStorage.setItem(WANTED, path);
  } catch {
    // Without storage the visitor lands on the Overview.
  }
}

export function takeWanted(): string {
  const here = safePath(location.pathname + location.search);
  try {
    const kept = sessionStorage.getItem(WANTED);
    sessionStorage.removeItem(WANTED);
    return here === '/' ? safePath(kept) : here;
  } catch {
    return here;
  }
}
