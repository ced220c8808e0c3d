/** Asks one address and compares the status. Follows no redirect, so that a credential goes nowhere else. */
import type { HookContext, HookEnd } from '../engine/hooks.ts';
import { LabError } from '../lib/errors.ts';
import type { Hook } from '../schemas/hooks.ts';
import { readSome } from './read-some.ts';

export async function askHttp(hook: Hook, { signal, report, write }: HookContext): Promise<HookEnd> {
  const url = new URL(hook.url ?? '');
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const shown = `${url.origin}${url.pathname}`;
  report(`Asking ${shown}.`);
  const headers: Record<string, string> =
    username === '' && password === ''
      ? {}
      : { authorization: `Basic ${btoa(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}` };
  let reply: Response;
  try {
    reply = await fetch(url, { headers, redirect: 'manual', signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unexpected(`${shown} does not answer (${reasonOf(error)}).`);
  }
  const location = reply.headers.get('location');
  write(`HTTP ${reply.status}${location === null ? '' : `, location: ${location}`}\n\n`);
  write(await readSome(reply, signal));
  const matches = hook.expect === undefined ? reply.ok : reply.status === hook.expect;
  if (matches) return { kind: 'done' };
  throw unexpected(
    `${shown} answered ${reply.status} where ${hook.expect ?? 'a status from 200 to 299'} is expected.` +
      (location === null ? '' : ' It points to another address, and redirects are not followed.'),
  );
}

/** `fetch failed` says nothing; its cause does. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return error instanceof Error ? error.message : String(error);
}

function unexpected(message: string): LabError {
  return new LabError({
    code: 'hook_failed',
    message,
    fix: 'Start what should answer there, or correct `url` and `expect` of the hook in ai-lab.yaml.',
  });
}
