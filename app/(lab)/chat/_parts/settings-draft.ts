/** The settings as they stand in fields: text, which may not be a value yet. */
import {
  NUMBER_LIMITS,
  STOP_MAX,
  STOPS_MAX,
  SYSTEM_PROMPT_MAX,
} from '../../../../server/schemas/chat-settings-words.ts';
import type { ChatSetting, ChatSettings } from '../../../../server/schemas/chat-settings.ts';
import { formatCount } from '../../../../server/schemas/format.ts';

export type Draft = Record<ChatSetting, string>;

export const SETTINGS: readonly ChatSetting[] = [
  'temperature',
  'topP',
  'maxTokens',
  'seed',
  'systemPrompt',
  'stop',
];

const text = (value: number | undefined) => (value === undefined ? '' : String(value));

export function draftOf(settings: ChatSettings): Draft {
  return {
    temperature: text(settings.temperature),
    topP: text(settings.topP),
    maxTokens: text(settings.maxTokens),
    seed: text(settings.seed),
    systemPrompt: settings.systemPrompt ?? '',
    stop: (settings.stop ?? []).map((one) => one.replaceAll('\n', String.raw`\n`)).join('\n'),
  };
}

/** What a field holds: its value, or what it may hold instead. */
type Held = { value: number | string | string[] } | { problem: string };

function heldIn(key: ChatSetting, text: string): Held {
  switch (key) {
    case 'systemPrompt': {
      const value = text.trim();
      return value.length <= SYSTEM_PROMPT_MAX
        ? { value }
        : { problem: `At most ${formatCount(SYSTEM_PROMPT_MAX)} characters.` };
    }
    case 'stop': {
      const value = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replaceAll(String.raw`\n`, '\n'));
      return value.length <= STOPS_MAX && value.every((one) => one.length <= STOP_MAX)
        ? { value }
        : { problem: `At most ${STOPS_MAX} texts of at most ${STOP_MAX} characters each.` };
    }
    default: {
      const { min, max, whole } = NUMBER_LIMITS[key];
      const value = Number(text.trim().replace(',', '.'));
      return value >= min && value <= max && (!whole || Number.isInteger(value))
        ? { value }
        : { problem: `A ${whole ? 'whole ' : ''}number from ${min} to ${formatCount(max)}.` };
    }
  }
}

/** The settings of the fields that hold a value, and what is wrong with the others. An empty field is the default. */
export function readDraft(draft: Draft): {
  settings: ChatSettings;
  problems: Partial<Record<ChatSetting, string>>;
} {
  const settings: Record<string, unknown> = {};
  const problems: Partial<Record<ChatSetting, string>> = {};
  for (const key of SETTINGS) {
    if (draft[key].trim() === '') continue;
    const held = heldIn(key, draft[key]);
    if ('value' in held) settings[key] = held.value;
    else problems[key] = held.problem;
  }
  return { settings, problems };
}
