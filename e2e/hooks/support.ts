/** A lab on the stand-in model with hooks in its ai-lab.yaml. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import type { Activity } from '../../server/schemas/activity.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';

export interface HookLab {
  lab: Lab;
  env: Record<string, string>;
  /** Writes ai-lab.yaml with these hooks, and confirms their commands unless told otherwise. */
  configure(hooks: Record<string, unknown[]>, confirm?: boolean): Promise<void>;
  up(): Promise<Activity>;
  down(): Promise<Activity>;
  /** An activity, at its end. */
  ended(started: Activity): Promise<Activity>;
  stop(): Promise<void>;
}

export async function startHookLab(): Promise<HookLab> {
  const model: StandIn = await standInModel();
  const lab = await startLab({ env: model.env, config: model.config });
  const api = lab.api();
  const ended = async (started: Activity): Promise<Activity> => {
    let activity = started;
    while (activity.state === 'running') {
      await sleep(20);
      activity = await api.activity.get.query({ id: activity.id });
    }
    return activity;
  };
  const down = async () => ended(await api.lab.down.mutate({ volumes: false }));
  return {
    lab,
    env: model.env,
    async configure(hooks, confirm = true) {
      writeFileSync(join(lab.home, 'ai-lab.yaml'), `${model.config}${stringify({ hooks })}`);
      if (!confirm) return;
      for (const { name, sha256 } of await api.hooks.list.query())
        if (sha256 !== null) await api.hooks.confirm.mutate({ name, sha256 });
    },
    up: async () => ended(await api.lab.up.mutate({ starter: false })),
    down,
    ended,
    async stop() {
      await down().catch(() => undefined);
      await lab.stop();
      model.remove();
    },
  };
}

/** A command hook that runs a text of shell: the tests' own shell, named as any program. */
export const sh = (name: string, script: string, more: Record<string, unknown> = {}) => ({
  name,
  type: 'command',
  command: ['sh', '-c', script],
  ...more,
});
