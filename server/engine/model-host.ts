/**
 * Where the lab's model runs, behind one face: a process under our supervisor, or a container of the stack. Which one
 * is the resolved lab's choice. Part of the composition root.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../gateway/forward.ts';
import type { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { watchStack, type StackWatch } from '../resources/compose-stack/watch.ts';
import { readEndpoint, readFailure, watchRuntime } from '../resources/embedded-runtime/endpoint.ts';
import type { Engine } from '../schemas/lab.ts';

export interface ModelHost {
  /** The runtime as it is now; null when none runs. Cheap: the gateway asks for every request. */
  endpoint(): Endpoint | null;
  /** Why the runtime will not come up by itself; null while it runs, may come up, or never started. */
  failure(): LabError | null;
  /** The embeddings server, and why it will not come up; null where there is none. */
  embeddings: { endpoint(): Endpoint | null; failure(): LabError | null };
  /** Says which engine the lab has; the first time it is docker, Docker is watched from then on. */
  follow(engine: Engine): void;
  /** Looks at once; resolves when `endpoint` is fresh. */
  refresh(): Promise<void>;
  /** Resolves when there may be news, looked at already. Rejects with the signal's reason. */
  news(signal: AbortSignal): Promise<void>;
}

export interface ModelHostOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  onChange(): void;
  signal: AbortSignal;
}

/** One small file; its watcher is not prompt on every platform. */
const RECORD_POLL_MS = 50;

export function createModelHost({ home, env, onChange, signal }: ModelHostOptions): ModelHost {
  let engine: Engine = 'embedded';
  let stack: StackWatch | undefined;
  let [process, embedder] = readEndpoints(home);
  const reread = () => {
    [process, embedder] = readEndpoints(home);
    onChange();
  };
  watchRuntime(home, reread, signal);
  const look = async () => {
    [process, embedder] = readEndpoints(home);
    if (engine === 'docker') await stack?.refresh();
  };

  return {
    endpoint: () => (engine === 'docker' ? (stack?.endpoint() ?? null) : process),
    failure: () => (engine === 'docker' ? (stack?.failure() ?? null) : readFailure(home)),
    embeddings: {
      endpoint: () => (engine === 'docker' ? (stack?.embeddings.endpoint() ?? null) : embedder),
      failure: () =>
        engine === 'docker' ? (stack?.embeddings.failure() ?? null) : readFailure(home, 'embeddings'),
    },
    follow(chosen) {
      engine = chosen;
      if (engine === 'docker') stack ??= watchStack({ home, env, onChange, signal });
    },
    refresh: look,
    async news(signal) {
      if (engine === 'docker' && stack !== undefined) return stack.news(signal);
      await sleep(RECORD_POLL_MS, undefined, { signal });
      [process, embedder] = readEndpoints(home);
    },
  };
}

function readEndpoints(home: Home): [model: Endpoint | null, embeddings: Endpoint | null] {
  return [readEndpoint(home), readEndpoint(home, 'embeddings')];
}
