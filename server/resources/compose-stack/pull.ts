/**
 * Pulls an image through the Engine API. A pull that moves is never timed out; one that stands still is tried again,
 * as is a lost connection. What the registry refuses is not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '../../engine/resource.ts';
import { isLabError, LabError } from '../../lib/errors.ts';
import { createLineReader } from './compose-progress.ts';
import { isDockerAway } from './docker-trouble.ts';
import type { EngineApi } from './engine-api.ts';
import { createPullProgress, type PullState } from './pull-progress.ts';
import type { RegistryLogin } from './registry-login.ts';

export interface PullOptions {
  signal: AbortSignal;
  report(progress: Progress): void;
  /** Of the image's registry; without one the pull is anonymous. */
  login?: RegistryLogin;
  /** For tests. */
  stallMs?: number;
  backoffMs?: number;
  now?: () => number;
}

const ATTEMPTS = 4;
const STALL_MS = 90_000;
const BACKOFF_MS = 1000;
const REPORT_EVERY_MS = 250;

export async function pullImage(engine: EngineApi, image: string, options: PullOptions): Promise<void> {
  const { signal, report, backoffMs = BACKOFF_MS } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pullOnce(engine, image, options);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const trouble = pullTrouble(image, error, options.login?.trouble ?? null);
      if (attempt === ATTEMPTS || !RETRIED.has(trouble.code)) throw trouble;
      report({ message: `${trouble.message} Trying again (${attempt + 1} of ${ATTEMPTS}).` });
      await sleep(backoffMs * 2 ** (attempt - 1), undefined, { signal });
    }
  }
}

async function pullOnce(engine: EngineApi, image: string, options: PullOptions): Promise<void> {
  const { signal, report, stallMs = STALL_MS, now = () => performance.now() } = options;
  const giveUp = new AbortController();
  const auth = options.login?.auth ?? null;
  const stream = await engine.pull(image, auth, AbortSignal.any([signal, giveUp.signal]));
  const progress = createPullProgress();
  let failure: string | null = null;
  let told = -Infinity;
  let stalled = false;
  const onStall = () => {
    stalled = true;
    giveUp.abort();
    stream.destroy();
  };
  let timer = setTimeout(onStall, stallMs);
  const reader = createLineReader((line) => {
    failure ??= progress.feed(line);
  });
  try {
    for await (const chunk of stream) {
      clearTimeout(timer);
      timer = setTimeout(onStall, stallMs);
      reader.feed(String(chunk));
      if (now() - told < REPORT_EVERY_MS) continue;
      told = now();
      report(pullWords(image, progress.state()));
    }
    reader.end();
  } catch (error) {
    if (!stalled) throw error;
  } finally {
    clearTimeout(timer);
  }
  signal.throwIfAborted();
  if (stalled) throw new Error(`no byte came for ${Math.round(stallMs / 1000)} s (stalled)`);
  if (failure !== null) throw new Error(failure);
  // A stream that ends without an error may still have been cut off: only the image itself is proof.
  if ((await engine.image(image, signal)) === null)
    throw new Error('the connection ended too early (unexpected EOF)');
}

/** The bytes speak for themselves; the layers being unpacked come without any. */
export function pullWords(image: string, state: PullState): Progress {
  const name = image.split('@')[0] ?? image;
  if (state.total === 0) return { message: `Pulling ${name}` };
  if (state.done >= state.total && state.extracting)
    return { message: `Unpacking ${name}, ${state.layersDone} of ${state.layers} layers done` };
  return {
    message: `Pulling ${name}, layer ${Math.min(state.layersDone + 1, state.layers)} of ${state.layers}`,
    done: state.done,
    total: state.total,
    unit: 'bytes',
    network: true,
  };
}

const RETRIED = new Set(['image_network', 'image_stalled', 'image_pull_failed']);

/** The engine's sentences, sorted by what a user can do about them. */
export function pullTrouble(image: string, error: unknown, noLogin: string | null = null): LabError {
  if (isLabError(error) && isDockerAway(error)) return error;
  const words = (error instanceof Error ? error.message : String(error)).trim().replace(/\.$/, '');
  const make = (code: string, message: string, fix: string) =>
    new LabError({
      code,
      message: `${message}: ${words}.`,
      fix,
      status: 502,
      cause: error,
      details: { image },
    });
  const mirror = 'name another image under `images:` in ai-lab.yaml (a mirror, or one you have)';
  if (/no space left on device/i.test(words))
    return make(
      'disk_full',
      `The disk of Docker is full, so ${image} could not be pulled`,
      'Free some space (`docker system df` tells what Docker holds), then try again.',
    );
  if (/toomanyrequests|rate limit/i.test(words))
    return make(
      'image_rate_limited',
      `The registry allows no more pulls of ${image} for now`,
      `Wait, log in with \`docker login\`, or ${mirror}.`,
    );
  if (/unauthorized|authentication required|denied|forbidden|no basic auth/i.test(words))
    return make(
      'image_unauthorized',
      `${noLogin === null ? '' : `${noLogin}. `}The registry did not give out ${image}`,
      `If it is a private image, run \`docker login\` and \`docker pull ${image}\`, then \`ailab-web up\`; else ${mirror}.`,
    );
  if (/manifest unknown|not found|no matching manifest|invalid reference|repository name/i.test(words))
    return make(
      'image_not_found',
      `There is no image ${image} (for this processor)`,
      `Correct its name, or ${mirror}.`,
    );
  if (/stalled/.test(words))
    return make(
      'image_stalled',
      `The pull of ${image} stands still`,
      `Check the network, then run \`ailab-web up\` again: finished layers are kept; or ${mirror}.`,
    );
  if (
    /dial tcp|lookup |no such host|i\/o timeout|TLS handshake|connection re(fused|set)|unreachable|EOF|Client\.Timeout|socket hang up|ECONNRESET|aborted/i.test(
      words,
    )
  )
    return make(
      'image_network',
      `The registry of ${image} can't be reached`,
      `Check the network (and Docker's proxy settings), then run \`ailab-web up\` again; or ${mirror}.`,
    );
  return make(
    'image_pull_failed',
    `The image ${image} could not be pulled`,
    `Try \`docker pull ${image}\` to see more; or ${mirror}.`,
  );
}
