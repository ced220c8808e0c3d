/** A lab on a real engine for tests: the real resource, orchestrator, live view and readiness, on ports of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { closeDb } from '../../db/client.ts';
import { createIgnoredDrift, withIgnoredDrift } from '../../server/engine/ignored-drift.ts';
import * as orchestrator from '../../server/engine/orchestrator.ts';
import { reconcile } from '../../server/engine/plan.ts';
import { createLabReady } from '../../server/engine/stack-ready.ts';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { createComposeStack } from '../../server/resources/compose-stack/resource.ts';
import { watchStack, type StackWatch } from '../../server/resources/compose-stack/watch.ts';
import type { Lab, LabStatus, StatusItem } from '../../server/schemas/lab.ts';
import { memoryDb } from '../../server/testing/caller.ts';
import type { TestEngine } from './harness/engine.ts';
import type { TestImages } from './harness/images.ts';
import { systemEnv } from './harness/run.ts';

export const STACKS = join(import.meta.dirname, '../../stacks');

export interface TestLab {
  home: Home;
  lab: Lab;
  env: NodeJS.ProcessEnv;
  watch: StackWatch;
  /** Titles and messages of the steps, in order. */
  said: string[];
  up(change?: Partial<Lab>, env?: Record<string, string>): Promise<orchestrator.UpOutcome>;
  down(change?: Partial<Lab>): Promise<number>;
  status(change?: Partial<Lab>): Promise<StatusItem[]>;
  item(name: string): Promise<StatusItem>;
  ignore(name: string, ...fields: string[]): Promise<void>;
  close(): Promise<void>;
}

/** What the tests of one engine share: `a` is up, with all services. */
export interface StackUnderTest {
  engine: TestEngine;
  images: TestImages;
  weights: string;
  a: TestLab;
}

export async function openTestLab(
  engine: TestEngine,
  images: TestImages,
  weightsPath: string,
  services: Lab['stack']['services'],
  stacksFolder = STACKS,
): Promise<TestLab> {
  const home = locateHome(mkdtempSync(join(tmpdir(), 'ailab-docker-')));
  ensureHome(home);
  const [model, weaviate, grpc, prometheus, grafana] = await freePorts(5);
  if (!model || !weaviate || !grpc || !prometheus || !grafana) throw new Error('no free ports');
  const env: NodeJS.ProcessEnv = { ...systemEnv(), ...engine.env };
  const lab: Lab = {
    project: home.project,
    engine: 'docker',
    engineReason: 'a test',
    profile: 'default',
    weights: { kind: 'path', path: weightsPath },
    weightsPath,
    modelName: 'starter',
    contextSize: 512,
    modelPort: model,
    threads: 2,
    runtime: { kind: 'llama-server', path: 'in the container', version: null },
    stack: {
      services,
      ports: { model, weaviate, weaviate_grpc: grpc, prometheus, grafana },
      images: Object.fromEntries(Object.entries(images).map(([service, { ref }]) => [service, ref])),
    },
  };
  const closing = new AbortController();
  const { signal } = closing;
  const watch = watchStack({ home, env, onChange: () => undefined, signal });
  const said: string[] = [];
  const run: orchestrator.Run = {
    activityId: 'test',
    signal,
    step: (_name, title, work) => {
      said.push(title);
      return work(
        ({ message }) => said.push(message),
        () => undefined,
      );
    },
  };
  const db = memoryDb();
  const ignored = createIgnoredDrift(db);
  const stackOf = async (lab: Lab, more = {}) => {
    const options = { home, env: { ...env, ...more }, lab, stacksFolder };
    return withIgnoredDrift(await createComposeStack(options, signal), ignored);
  };
  const status = async (change: Partial<Lab> = {}) => {
    const wanted = { ...lab, ...change };
    const stack = await stackOf(wanted);
    return reconcile(stack.desired(wanted), await stack.actual(signal));
  };
  return {
    home,
    lab,
    env,
    watch,
    said,
    status,
    async up(change = {}, more = {}) {
      const wanted = { ...lab, ...change };
      const ready = createLabReady({ home, env, lab: wanted, host: watch });
      return orchestrator.up(wanted, [await stackOf(wanted, more)], ready, run);
    },
    async down(change = {}) {
      const wanted = { ...lab, ...change };
      return orchestrator.down(wanted, [await stackOf(wanted)], run);
    },
    async item(name) {
      const found = (await status()).find((item) => item.name === name);
      if (found === undefined) throw new Error(`${name} is not in the status`);
      return found;
    },
    async ignore(name, ...fields) {
      const managed_items = await status();
      ignored.ignore({ domain: 'service', name, fields }, { managed_items } as unknown as LabStatus);
    },
    async close() {
      closing.abort();
      closeDb(db);
      await engine.removeProject(home.project);
      rmSync(home.root, { recursive: true, force: true });
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await anyFreePort());
  return [...ports];
}

/** The value once it is good; throws with the last one after the limit. */
export async function until<T>(
  limitMs: number,
  look: () => T | Promise<T>,
  good: (value: T) => boolean,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const value = await look();
    if (good(value)) return value;
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${JSON.stringify(value)}`);
    await sleep(50);
  }
}
