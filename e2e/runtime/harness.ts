/** A home of its own, the real supervisor (bundled as it is shipped) and the fake model server under it. */
import { build } from 'esbuild';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Resource } from '../../server/engine/resource.ts';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { isAlive } from '../../server/lib/process-identity.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import type { RuntimeItem } from '../../server/resources/embedded-runtime/actual.ts';
import { readRecord, type RuntimeRecord } from '../../server/resources/embedded-runtime/record.ts';
import { createEmbeddedRuntime } from '../../server/resources/embedded-runtime/resource.ts';
import { DEFAULT_PORTS } from '../../server/schemas/config-defaults.ts';
import type { Lab } from '../../server/schemas/lab.ts';

const ROOT = join(import.meta.dirname, '../..');

export async function bundleEntries(): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'ailab-bundle-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: { supervisor: 'server/supervisor/main.ts', 'llama-worker': 'server/llama-worker/main.ts' },
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    logLevel: 'error',
  });
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  return outdir;
}

export interface Stage {
  home: Home;
  lab: Lab;
  resource: Resource<RuntimeItem>;
  record(): RuntimeRecord;
  /** The one item named embedded-runtime, or undefined. */
  item(): Promise<RuntimeItem | undefined>;
  create(): Promise<void>;
  remove(): Promise<void>;
  until(what: string, done: () => boolean | Promise<boolean>, withinMs?: number): Promise<number>;
  close(): Promise<void>;
}

/** `fake`: switches of server/testing/fake-model-server.mjs. */
export async function stage(bundle: string, fake: string[] = []): Promise<Stage> {
  const home = locateHome(mkdtempSync(join(tmpdir(), 'ailab-home-')));
  ensureHome(home);
  const bin = join(home.root, 'bin');
  mkdirSync(bin);
  const path = join(bin, 'llama-server');
  const script = join(ROOT, 'server/testing/fake-model-server.mjs');
  writeFileSync(path, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${fake.join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
  const weightsPath = join(home.root, 'model.gguf');
  writeFileSync(weightsPath, 'GGUF');
  const lab: Lab = {
    project: home.project,
    engine: 'embedded',
    engineReason: 'test',
    profile: 'default',
    weights: { kind: 'path', path: weightsPath },
    weightsPath,
    modelName: 'fake-model',
    contextSize: 512,
    modelPort: await anyFreePort(),
    threads: 1,
    stack: { services: [], ports: DEFAULT_PORTS, images: {} },
    runtime: { kind: 'llama-server', path, version: '0.0.0' },
  };
  const resource = createEmbeddedRuntime({
    home,
    env: process.env,
    supervisorEntry: join(bundle, 'supervisor.js'),
    workerEntry: join(bundle, 'llama-worker.js'),
    nodePath: process.execPath,
  });
  const signal = new AbortController().signal;
  const apply = (change: Change<RuntimeItem>) => resource.apply(change, { signal, report: () => undefined });
  const desired = () => resource.desired(lab)[0] as RuntimeItem;
  const here: Stage = {
    home,
    lab,
    resource,
    record() {
      const reading = readRecord(home.runtimeFile);
      if (reading.kind !== 'record') throw new Error(`the record is ${reading.kind}`);
      return reading.record;
    },
    item: async () => (await resource.actual(signal)).find(({ name }) => name === 'embedded-runtime'),
    create: () => apply({ kind: 'create', item: desired() }),
    remove: () => apply({ kind: 'remove', item: desired() }),
    async until(what, done, withinMs = 5000) {
      const begun = performance.now();
      while (!(await done())) {
        if (performance.now() - begun > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
        await sleep(20);
      }
      return performance.now() - begun;
    },
    async close() {
      await here.remove();
      rmSync(home.root, { recursive: true, force: true });
    },
  };
  return here;
}

export function living(record: RuntimeRecord): { supervisor: boolean; child: boolean } {
  return { supervisor: isAlive(record.supervisor), child: record.child !== null && isAlive(record.child) };
}
