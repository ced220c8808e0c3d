/**
 * Stops an `up` that would build on a sick Weaviate. One that does not run yet is what the `up` is for: skipped. Its
 * readiness page needs no key (stack-facts.md §4).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HookContext, HookEnd } from '../engine/hooks.ts';
import { LabError } from '../lib/errors.ts';
import type { HookFacts } from './facts.ts';
import { reasonOf } from './http.ts';

const ANSWER_MS = 5000;
const EVERY_MS = 500;
/** One that runs gets so many tries; one that is starting as long as the hook's time limit. */
const TRIES = 3;

export async function weaviateReady(
  { weaviate: { url, state } }: HookFacts,
  { signal, report, write }: HookContext,
): Promise<HookEnd> {
  for (let tries = 1; ; tries += 1) {
    const now = await state(signal);
    if (now.kind === 'none') return { kind: 'skipped', reason: now.reason };
    if (now.kind === 'stopped') return { kind: 'skipped', reason: 'not running yet' };
    report('Asking Weaviate whether it is ready.');
    const trouble = await ask(url, signal);
    write(`${trouble ?? 'Weaviate is ready'} (${url})\n`);
    if (trouble === null) return { kind: 'done' };
    if (now.health !== 'starting' && tries >= TRIES) throw sick(trouble);
    await sleep(EVERY_MS, undefined, { signal });
  }
}

/** Null when it is ready, else why not. */
async function ask(url: string, signal: AbortSignal): Promise<string | null> {
  try {
    const reply = await fetch(`${url}/v1/.well-known/ready`, {
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    });
    await reply.body?.cancel();
    return reply.status === 200 ? null : `Weaviate answers ${reply.status} instead of being ready`;
  } catch (error) {
    signal.throwIfAborted();
    return `Weaviate does not answer (${reasonOf(error)})`;
  }
}

function sick(trouble: string): LabError {
  return new LabError({
    code: 'weaviate_sick',
    message: `${trouble}.`,
    fix: 'Look at `ailab-web logs weaviate`. `ailab-web down` and `ailab-web up` start it anew with its data.',
    status: 503,
  });
}
