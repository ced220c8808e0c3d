/** The weights of this machine: listed, chosen, deleted, weighed. Part of the composition root. */
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Db } from '../../db/client.ts';
import { lastRequestByModel } from '../../db/queries/requests.ts';
import { setConfigModel } from '../config/set-model.ts';
import { LabError } from '../lib/errors.ts';
import { expandTilde, type Home } from '../lib/home.ts';
import { isAlive } from '../lib/process-identity.ts';
import { readRecord } from '../resources/embedded-runtime/record.ts';
import { slotsOf } from '../resources/embedded-runtime/slot.ts';
import { readWeights } from '../resources/model-weights/facts.ts';
import { takeInventory, type Inventory, type Item } from '../resources/model-weights/inventory.ts';
import { locateWeights, noWeights } from '../resources/model-weights/locate.ts';
import { parseModelId } from '../resources/model-weights/model-id.ts';
import { removeItem } from '../resources/model-weights/remove.ts';
import type { ModelUsed } from '../schemas/inventory.ts';
import { servedNameOf, type Lab } from '../schemas/lab.ts';
import type { Activities } from './activities.ts';
import type { Engine } from './contract.ts';
import { fitReport, runtimeOf } from './model-fit.ts';
import { roomForModel } from './model-room.ts';
import type { ResolvedLab } from './resolve-lab.ts';

export interface InventoryParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  db: Db;
  activities: Activities;
  resolve(): Promise<ResolvedLab>;
  /** Does the lab's model run now? */
  isRunning(): boolean;
  /** Called when ai-lab.yaml or the weights have changed. */
  onChange(): void;
}

const LATELY_MS = 20_000;

export function createInventoryService(parts: InventoryParts): Omit<Engine['models'], 'pull'> {
  const { home, env } = parts;

  let last: { at: number; inventory: Inventory } | null = null;

  const take = async (signal: AbortSignal): Promise<{ inventory: Inventory; lab: Lab }> => {
    const { lab, config } = await parts.resolve();
    const folders = (config.values.model_folders ?? []).map((path) => ({ path: absolute(path), depth: 3 }));
    const inventory = await takeInventory(
      {
        home,
        env,
        folders: [...folders, ...(await folderOfPath(lab))],
        configured: lab.weightsPath,
        lastRequests: lastRequestByModel(parts.db),
        servedAs: servedNameOf(lab),
      },
      signal,
    );
    last = { at: performance.now(), inventory };
    return { inventory, lab };
  };

  /** For a question that a slider asks ten times a second. */
  const lately = async (signal: AbortSignal): Promise<Inventory> =>
    last !== null && performance.now() - last.at < LATELY_MS
      ? last.inventory
      : (await take(signal)).inventory;

  return {
    list: async (signal) => (await take(signal)).inventory.list,

    async use({ id }, signal) {
      const { inventory } = await take(signal);
      const item = itemOf(inventory, id);
      if (item.entry.kind !== 'model' || item.facts === null) throw notUsable(item);
      refuseOverridden(env);
      const chosen = await nameFor(item, home, env);
      setConfigModel(home.config, chosen.key, chosen.value);
      parts.onChange();
      return { ...chosen, restartNeeded: parts.isRunning() && !item.entry.configured };
    },

    async remove({ id }, signal) {
      const { inventory, lab } = await take(signal);
      const embeds =
        lab.embeddings?.weightsPath && (await realpath(lab.embeddings.weightsPath).catch(() => null));
      const item = itemOf(inventory, id);
      refuseBusy(parts.activities, item);
      const configured = parts.isRunning() && item.entry.configured;
      const second = embeds && item.found.files.some(({ real }) => real === embeds);
      if (configured || (second && parts.isRunning()) || (await isLoaded(home, item))) throw inUse(item);
      const removed = await removeItem(item, inventory);
      last = null;
      parts.onChange();
      return removed;
    },

    async fit({ id, contextSize }, signal) {
      const { lab } = await parts.resolve();
      const chosen = id === undefined ? null : itemOf(await lately(signal), id);
      const path = chosen?.found.path ?? lab.weightsPath;
      if (path === null) throw noWeights();
      const facts = await readWeights(path);
      const size = contextSize ?? lab.contextSize;
      const room = await roomForModel({
        home,
        env,
        lab,
        weightsBytes: facts.sizeBytes,
        contextSize: size,
        signal,
      });
      const title = chosen?.entry.title ?? lab.modelName;
      return fitReport(facts, { title, contextSize: size, runtime: runtimeOf(lab), room });
    },
  };
}

function absolute(path: string): string {
  return resolve(expandTilde(path));
}

/** The folder that model_path names, or that holds the file it names. */
async function folderOfPath(lab: Lab): Promise<{ path: string; depth: number }[]> {
  if (lab.weights.kind !== 'path') return [];
  const path = absolute(lab.weights.path);
  return [{ path: /\.gguf$/i.test(path) ? dirname(path) : path, depth: 0 }];
}

function itemOf(inventory: Inventory, id: string): Item {
  const item = inventory.items.get(id);
  if (item !== undefined) return item;
  throw new LabError({
    code: 'model_unknown',
    message: 'That model is not on this machine any more.',
    fix: 'Look at the list again: it has changed meanwhile.',
    status: 404,
  });
}

/** A model of the cache by its id where that leads back to this very file; else by its path. */
async function nameFor(
  { found }: Item,
  home: Home,
  env: NodeJS.ProcessEnv,
): Promise<Pick<ModelUsed, 'key' | 'value'>> {
  const here = await realpath(found.path);
  for (const id of [found.name, ...found.aliases]) {
    if (found.place === 'folder') break;
    try {
      const path = await locateWeights(parseModelId(id), { home, env });
      if ((await realpath(path)) === here) return { key: 'model_id', value: id };
    } catch {
      // Another way to name it, or none.
    }
  }
  return { key: 'model_path', value: found.path };
}

/** The environment wins over the file: writing there would change nothing, and look as if it had. */
function refuseOverridden(env: NodeJS.ProcessEnv): void {
  const name = ['MODEL_PATH', 'MODEL_ID'].find((one) => (env[one] ?? '') !== '');
  if (name === undefined) return;
  throw new LabError({
    code: 'model_overridden',
    message: `The environment variable ${name} chooses the model, and it wins over ai-lab.yaml.`,
    fix: `Start ailab-web without ${name}, then choose again.`,
    status: 409,
  });
}

/** What is brought up, taken down or downloaded just now is nobody's to delete. */
function refuseBusy(activities: Activities, { entry }: Item): void {
  const running = activities.list(20).find(({ state }) => state === 'running');
  if (running === undefined) return;
  if (running.kind === 'pull' && entry.place !== 'hub') return;
  throw new LabError({
    code: 'busy',
    message: `${entry.title} can't be deleted while another activity runs: ${running.kind}.`,
    fix: 'Wait for it to end, or cancel it on the Activity page, then try again.',
    status: 409,
  });
}

/** The running model servers may still have another model than ai-lab.yaml says by now. */
async function isLoaded(home: Home, { found }: Item): Promise<boolean> {
  for (const slot of slotsOf(home)) {
    const reading = readRecord(slot.record);
    const child = reading.kind === 'record' ? reading.record.child : null;
    if (reading.kind !== 'record' || child === null || !isAlive(child)) continue;
    const loaded = await realpath(reading.record.weightsPath).catch(() => null);
    if (found.files.some(({ real }) => real === loaded)) return true;
  }
  return false;
}

function inUse({ entry }: Item): LabError {
  return new LabError({
    code: 'model_in_use',
    message: `${entry.title} is the model of the running lab.`,
    fix: 'Stop the lab first (`ailab-web down`), or use another model and start again.',
    status: 409,
  });
}

function notUsable({ entry }: Pick<Item, 'entry'>): LabError {
  return new LabError({
    code: 'model_not_usable',
    message: entry.error?.message ?? `${entry.title} is no model that can be run.`,
    fix: entry.error?.fix ?? 'Choose another one from the list.',
    status: 422,
  });
}
