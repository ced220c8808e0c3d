/** Presets of settings: those of the product, and the user's own. */
import * as z from 'zod';
import type { Db } from '../../db/client.ts';
import { readSetting, writeSetting } from '../../db/queries/settings.ts';
import { LabError } from '../lib/errors.ts';
import { newId } from '../lib/id.ts';
import { chatPreset, PRESETS_MAX, type ChatPreset, type SavePresetInput } from '../schemas/chat-settings.ts';
import { BUILT_IN_PRESETS } from '../schemas/chat-settings-words.ts';

const KEY = 'chat.presets';
const stored = z.array(chatPreset).catch([]);

export function createPresets(db: Db) {
  const own = (): ChatPreset[] => stored.parse(readSetting(db, KEY) ?? []);
  const save = (presets: ChatPreset[]): ChatPreset[] => {
    writeSetting(db, KEY, presets);
    return presets;
  };
  return {
    /** The user's own, by name. */
    presets: own,
    /** Makes one, or changes the one with that id; resolves with all of the user's own. */
    savePreset({ id, name, settings }: SavePresetInput): ChatPreset[] {
      const present = own();
      const others = present.filter((one) => one.id !== id);
      const before = present.find((one) => one.id === id);
      if (id !== undefined && before === undefined) throw gone(id);
      if ([...BUILT_IN_PRESETS, ...others].some((one) => sameName(one.name, name))) throw taken(name);
      if (before === undefined && present.length >= PRESETS_MAX) throw full();
      const preset = { id: id ?? newId(), name, settings: settings ?? before?.settings ?? {} };
      return save([...others, preset].toSorted((a, b) => a.name.localeCompare(b.name)));
    },
    removePreset(id: string): ChatPreset[] {
      const present = own();
      const rest = present.filter((one) => one.id !== id);
      if (rest.length === present.length) throw gone(id);
      return save(rest);
    },
  };
}

const sameName = (a: string, b: string) => a.toLocaleLowerCase() === b.toLocaleLowerCase();

function taken(name: string): LabError {
  return new LabError({
    code: 'preset_name_taken',
    message: `There is a preset called “${name}” already.`,
    fix: 'Choose another name.',
    status: 409,
  });
}

function full(): LabError {
  return new LabError({
    code: 'presets_full',
    message: `There are ${PRESETS_MAX} presets, which is as many as are kept.`,
    fix: 'Delete one that you no longer use.',
    status: 409,
  });
}

function gone(id: string): LabError {
  return new LabError({
    code: 'preset_not_found',
    message: `There is no preset ${id} of yours; it may have been deleted.`,
    fix: 'Reload the page to see those that are there.',
    status: 404,
  });
}
