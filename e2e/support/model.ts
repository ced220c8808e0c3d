/** A lab that can be brought up in a second: the stand-in for llama-server, and weights that know nothing. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../server/lib/ports.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { ROOT, type Lab } from './lab.ts';

export interface StandIn {
  /** For `startLab`. */
  env: Record<string, string>;
  config: string;
  remove(): void;
}

const FAKE = join(ROOT, 'server', 'testing', 'fake-model-server.mjs');

/** `switches`: those of server/testing/fake-model-server.mjs; or another program of Node in its place. */
export async function standInModel(switches: string[] = [], script: string = FAKE): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-model-'));
  const program = join(folder, 'llama-server');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${switches.join(' ')} "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, 'stand-in.gguf'), buildGguf());
  return {
    env: { AILAB_ENGINE: 'embedded', AILAB_RUNTIME: program, MODEL_PATH: join(folder, 'stand-in.gguf') },
    // The default model port may be taken on this machine.
    config: `ports: { model: ${await anyFreePort()} }\n`,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Takes it down and away, with the folders of its test, however far its start has come. */
export async function takeAway(lab?: Lab, model?: StandIn, ...folders: string[]): Promise<void> {
  await lab
    ?.api()
    .lab.down.mutate({ volumes: false })
    .catch(() => undefined);
  await lab?.stop();
  model?.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/** `up`, and its end. An activity that ends in another way than `done` is thrown. */
export async function bringUp(lab: Lab): Promise<void> {
  const api = lab.api();
  let activity = await api.lab.up.mutate({ starter: false });
  while (activity.state === 'running') {
    await sleep(50);
    activity = await api.activity.get.query({ id: activity.id });
  }
  if (activity.state !== 'done')
    throw new Error(`up ended as ${activity.state}: ${JSON.stringify(activity.error)}`);
}
