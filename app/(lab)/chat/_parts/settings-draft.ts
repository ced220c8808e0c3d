/** The settings as they stand in fields: text, which may not be a value yet. */
import {
  chatSettings,
  type ChatSetting,
  type ChatSettings,
} from '../../../../server/schemas/chat-settings.ts';

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

/** What a field holds; undefined: nothing, which is the default. */
function valueOf(key: ChatSetting, text: string): unknown {
  if (text.trim() === '') return undefined;
  if (key === 'systemPrompt') return text;
  if (key === 'stop')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replaceAll(String.raw`\n`, '\n'));
  return Number(text.trim().replace(',', '.'));
}

const RANGES: Record<ChatSetting, string> = {
  temperature: 'A number from 0 to 2.',
  topP: 'A number from 0.01 to 1.',
  maxTokens: 'A whole number from 1 to 1,000,000.',
  seed: 'A whole number from 0 to 2,147,483,647.',
  systemPrompt: 'At most 20,000 characters.',
  stop: 'At most 8 texts of at most 100 characters each.',
};

/** The settings of the fields that hold a value, and what is wrong with the others. */
export function readDraft(draft: Draft): {
  settings: ChatSettings;
  problems: Partial<Record<ChatSetting, string>>;
} {
  const settings: Record<string, unknown> = {};
  const problems: Partial<Record<ChatSetting, string>> = {};
  for (const key of SETTINGS) {
    const value = valueOf(key, draft[key]);
    if (value === undefined) continue;
    const parsed = chatSettings.shape[key].safeParse(value);
    if (parsed.success) settings[key] = parsed.data;
    else problems[key] = RANGES[key];
  }
  return { settings, problems };
}
