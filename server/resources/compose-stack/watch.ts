/**
 * The stack live. Docker's events only say when to look; what is told is always a fresh list, so a gap costs nothing.
 * Events are coalesced; a silent Docker is found by a heartbeat; a lost one is tried again with growing pauses.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isLabError, type LabError, reportError, LabError as Trouble } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { EMBEDDINGS_SERVICE } from '../../schemas/lab.ts';
import { bestContainer } from './actual.ts';
import { changed, followChanges, unfollowChanges } from './changes.ts';
import { createLineReader } from './compose-progress.ts';
import { endpointOf, failureOf, projectContainers, type StackEndpoint } from './endpoint.ts';
import { dockerTrouble } from './docker-trouble.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import { engineEvent, type ContainerDetails } from './engine-types.ts';
import { createReadyProbe } from './model-ready.ts';
import { MODEL } from './layout.ts';

export interface StackView {
  /** Epoch milliseconds since which Docker has not answered; null while it does. */
  unreachableSince: number | null;
  /** Why Docker can't be used, in words with the fix. */
  problem: LabError | null;
  containers: readonly ContainerDetails[];
}

export interface StackWatch {
  view(): StackView;
  /** The model server; null without its container, or while Docker is not there to ask. */
  endpoint(): StackEndpoint | null;
  failure(): LabError | null;
  /** The same of the embeddings server. */
  embeddings: { endpoint(): StackEndpoint | null; failure(): LabError | null };
  /** Looks at once; resolves when `view` is fresh. Never rejects. */
  refresh(): Promise<void>;
  /** Resolves after the next look that showed something new, or after a look of its own when none did for a second. */
  news(signal: AbortSignal): Promise<void>;
}

export interface WatchOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  onChange(): void;
  signal: AbortSignal;
  /** For tests. */
  connect?: (signal: AbortSignal) => Promise<EngineApi>;
  random?: () => number;
  firstPauseMs?: number;
}

const COALESCE_MS = 80;
const HEARTBEAT_MS = 3000;
const HEARTBEAT_ANSWER_MS = 4000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const QUIET_MS = 1000;

interface Followed {
  container: ContainerDetails | null;
  endpoint: StackEndpoint | null;
}

export function watchStack(options: WatchOptions): StackWatch {
  const { home, env, signal, onChange, random = Math.random, firstPauseMs = FIRST_PAUSE_MS } = options;
  const connect = options.connect ?? ((signal) => connectEngine(env, signal));
  let view: StackView = { unreachableSince: null, problem: null, containers: [] };
  // Told from each look, not at each question: the gateway asks for every request.
  const model: Followed = { container: null, endpoint: null };
  const embedder: Followed = { container: null, endpoint: null };
  let told = '';
  let engine: EngineApi | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  const waiting = new Set<() => void>();

  const publish = (next: StackView) => {
    view = next;
    const text = JSON.stringify([
      next.unreachableSince,
      next.problem?.code,
      next.containers,
      ready.id(),
      embeds.id(),
    ]);
    if (text === told) return;
    told = text;
    onChange();
    for (const wake of waiting) wake();
  };
  const ready = createReadyProbe(signal, () => publish({ ...view }));
  const embeds = createReadyProbe(signal, () => publish({ ...view }));

  const lost = (error: unknown) => {
    engine = null;
    for (const one of [model, embedder]) [one.container, one.endpoint] = [null, null];
    const problem = isLabError(error) ? error : new Trouble({ ...reportError(error), status: 503 });
    publish({ unreachableSince: view.unreachableSince ?? Date.now(), problem, containers: [] });
  };

  const look = async (from: EngineApi) => {
    const containers = await projectContainers(from, home.project, signal);
    model.container = bestContainer(containers, MODEL);
    embedder.container = bestContainer(containers, EMBEDDINGS_SERVICE);
    for (const one of [model, embedder]) one.endpoint = endpointOf(home, one.container);
    ready.follow(model.endpoint, model.container);
    embeds.follow(embedder.endpoint, embedder.container);
    publish({ unreachableSince: null, problem: null, containers });
  };

  /** One look at a time; what comes while looking is answered by one more look. */
  const refresh = (): Promise<void> => {
    again = true;
    looking ??= (async () => {
      try {
        while (again && !signal.aborted) {
          again = false;
          await look(engine ?? (await connect(signal)));
        }
      } catch (error) {
        if (!signal.aborted) lost(error);
      } finally {
        looking = null;
      }
    })();
    return looking;
  };

  // A look that failed while the stream lives is made up for.
  const onAnswer = () => {
    if (view.unreachableSince !== null) void refresh();
  };

  void follow();

  async function follow(): Promise<void> {
    let pause = firstPauseMs;
    while (!signal.aborted) {
      try {
        const connected = await connect(signal);
        engine = connected;
        await listen(connected, () => (pause = firstPauseMs));
      } catch (error) {
        if (signal.aborted) return;
        lost(error);
      }
      await sleep(pause * (0.75 + random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Returns never; throws when the stream has ended or Docker has become silent. */
  async function listen(from: EngineApi, onReady: () => void): Promise<void> {
    const over = new AbortController();
    const stream = await from.events(home.project, AbortSignal.any([signal, over.signal]));
    followChanges(home.project);
    let timer: NodeJS.Timeout | undefined;
    const reader = createLineReader((line) => {
      const id = newsOf(line);
      if (id === null) return;
      changed(home.project, id);
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh();
      }, COALESCE_MS);
    });
    const heart = beat(from, over.signal, onAnswer).catch((error: unknown) => {
      stream.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    try {
      // Subscribed first, then listed: nothing can fall between.
      await look(from);
      onReady();
      for await (const chunk of stream) reader.feed(String(chunk));
      throw Object.assign(new Error('Docker closed the stream of events'), { code: 'ECONNRESET' });
    } catch (error) {
      signal.throwIfAborted();
      throw dockerTrouble(error, from.host, 'listening to events');
    } finally {
      unfollowChanges(home.project);
      over.abort();
      clearTimeout(timer);
      stream.destroy();
      await heart;
    }
  }

  return {
    view: () => view,
    endpoint: () => ready.overrule(model.endpoint),
    failure: () => view.problem ?? failureOf(model.container),
    embeddings: {
      endpoint: () => embeds.overrule(embedder.endpoint),
      failure: () => view.problem ?? failureOf(embedder.container, EMBEDDINGS_SERVICE),
    },
    refresh,
    async news(until) {
      const quiet = AbortSignal.timeout(QUIET_MS);
      const woken = await wakeOf(waiting, AbortSignal.any([until, quiet]));
      until.throwIfAborted();
      // Events tell everything; this is for the one that was lost.
      if (!woken) await refresh();
    },
  };
}

/** True when it was woken, false when the signal came first. */
function wakeOf(waiting: Set<() => void>, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (woken: boolean) => {
      waiting.delete(wake);
      signal.removeEventListener('abort', onAbort);
      resolve(woken);
    };
    const wake = () => end(true);
    const onAbort = () => end(false);
    waiting.add(wake);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** Throws when Docker gives no answer any more; ends with the signal. */
async function beat(from: EngineApi, over: AbortSignal, onAnswer: () => void): Promise<void> {
  while (!over.aborted) {
    await sleep(HEARTBEAT_MS, undefined, { signal: over, ref: false }).catch(() => undefined);
    if (over.aborted) return;
    const limit = AbortSignal.timeout(HEARTBEAT_ANSWER_MS);
    try {
      await from.ping(AbortSignal.any([over, limit]));
      onAnswer();
    } catch (error) {
      if (!over.aborted) throw limit.aborted ? silent(from) : error;
    }
  }
}

/** Of which container there is news. Health checks make three exec events each; they change nothing that `health_status` doesn't tell. */
function newsOf(line: string): string | null {
  try {
    const { Type, Action, Actor } = engineEvent.parse(JSON.parse(line));
    return Type === 'container' && !Action.startsWith('exec_') && Action !== 'top' ? Actor.ID : null;
  } catch {
    return null;
  }
}

function silent(from: EngineApi): LabError {
  return new Trouble({
    code: 'docker_timeout',
    message: `Docker at ${from.host.url} takes connections but no longer answers.`,
    fix: 'Restart Docker; if it is only busy, it comes back by itself.',
    status: 503,
  });
}
