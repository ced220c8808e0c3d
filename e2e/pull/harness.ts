/** A pull as the product runs it, less the database: real disk, real HTTP, its steps and progress kept. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { parseModelId } from '../../server/resources/model-weights/model-id.ts';
import type { HfProgram } from '../../server/resources/model-weights/hub/with-hf.ts';
import { pullFromHub, type Pulled } from '../../server/engine/pull.ts';
import type { PullTiming } from '../../server/resources/model-weights/download/timing.ts';
import { createRecorder } from '../../server/engine/recorder.ts';
import type { Progress } from '../../server/engine/resource.ts';
import { reportError, type ErrorReport } from '../../server/lib/errors.ts';
import { COMMIT, type FakeHub, type HubRepo } from '../support/hub.ts';

/** A real GGUF header, and noise after it. */
export function modelBytes(bytes = 3_000_000): Buffer {
  return Buffer.concat([buildGguf(), randomBytes(bytes)]);
}

export const REPO = 'tiny/Tiny-GGUF';
export const FILE = 'Tiny-Q4_K_M.gguf';

export function tinyRepo(extra: Partial<HubRepo> = {}): HubRepo {
  const files = {
    [FILE]: modelBytes(),
    'Tiny-Q8_0.gguf': modelBytes(),
    'README.md': Buffer.from('# Tiny'),
  };
  return { id: REPO, commit: COMMIT, files, ...extra };
}

export interface Outcome {
  pulled: Pulled | null;
  error: ErrorReport | null;
  cancelled: boolean;
  progress: Progress[];
  steps: string[];
}

export interface Bench {
  cache: string;
  env: NodeJS.ProcessEnv;
  pull(id: string, options?: PullTry): Promise<Outcome>;
  remove(): void;
}

export interface PullTry {
  hf?: HfProgram | null;
  env?: Record<string, string>;
  timing?: Partial<PullTiming>;
  onProgress?(progress: Progress, cancel: () => void): void;
}

/** No certificate or proxy of this machine: the hub is here. */
function surroundings(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(HF_|HUGGING|XDG_|https?_proxy|TRANSFORMERS)/i.test(name),
  );
  return { ...Object.fromEntries(kept), NODE_ENV: 'test' };
}

export function bench(hub: FakeHub): Bench {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-pull-'));
  const cache = join(folder, 'hub');
  const env = { ...surroundings(), HF_HOME: folder, HF_HUB_CACHE: cache, HF_ENDPOINT: hub.endpoint };
  return {
    cache,
    env,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
    async pull(id, { hf = null, env: more = {}, timing, onProgress } = {}) {
      const abort = new AbortController();
      const progress: Progress[] = [];
      const recorder = createRecorder(
        { id: 'p', kind: 'pull', startedBy: 'cli', startedAt: Date.now() },
        () => undefined,
      );
      const step: typeof recorder.step = (name, title, work) =>
        recorder.step(name, title, (report, mark) =>
          work((told) => {
            progress.push(told);
            report(told);
            onProgress?.(told, () => abort.abort(new DOMException('Cancelled.', 'AbortError')));
          }, mark),
        );
      const steps = () => recorder.current().steps.map((step) => `${step.name} ${step.state}`);
      const source = parseModelId(id);
      if (source.kind !== 'hub') throw new Error(`${id} is not of the Hub`);
      const quick: PullTiming = { idleMs: 5000, stallMs: 15_000, retryMs: [20, 40, 80], everyMs: 50 };
      try {
        const options = {
          env: { ...env, ...more },
          timing: { ...quick, ...timing },
        };
        const pulled = await pullFromHub(
          source,
          { ...options, hf: async () => hf },
          { activityId: 'p', signal: abort.signal, step },
        );
        return { pulled, error: null, cancelled: false, progress, steps: steps() };
      } catch (error) {
        return {
          pulled: null,
          error: reportError(error),
          cancelled: abort.signal.aborted,
          progress,
          steps: steps(),
        };
      }
    },
  };
}
