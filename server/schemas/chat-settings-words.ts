/** What a conversation asks of the model, as words, as a request and as presets. Without zod: Chat loads this first. */
import type { ChatPreset, ChatSetting, ChatSettings } from './chat-settings.ts';

/** What each setting may be: for the schema, and for the fields. */
export const NUMBER_LIMITS = {
  temperature: { min: 0, max: 2, whole: false },
  topP: { min: 0.01, max: 1, whole: false },
  maxTokens: { min: 1, max: 1_000_000, whole: true },
  seed: { min: 0, max: 2_147_483_647, whole: true },
} as const;
export const SYSTEM_PROMPT_MAX = 20_000;
export const STOPS_MAX = 8;
export const STOP_MAX = 100;

/** What llama-server and our own worker take where nothing is asked; both say the same. */
export const RUNTIME_DEFAULTS = { temperature: 0.8, topP: 0.95 } as const;

/** Sampling only: a system prompt is the user's own. */
export const BUILT_IN_PRESETS: readonly ChatPreset[] = [
  { id: 'precise', name: 'Precise', settings: { temperature: 0.2, topP: 0.9 } },
  { id: 'balanced', name: 'Balanced', settings: {} },
  { id: 'creative', name: 'Creative', settings: { temperature: 1.1, topP: 0.98 } },
];

/** Do two ask for the same? */
export function sameSettings(a: ChatSettings, b: ChatSettings): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)] as ChatSetting[]);
  return [...keys].every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}

/** In OpenAI's names, for the body of a request; the system prompt is a message and not in here. */
export function samplingOf(settings: ChatSettings): Record<string, number | string[]> {
  const { temperature, topP, maxTokens, seed, stop } = settings;
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
  };
}

/** In words, only what was asked for: `temperature 0.2`, `seed 7`. */
export function settingWords(settings: ChatSettings): string[] {
  const { temperature, topP, maxTokens, seed, systemPrompt, stop } = settings;
  const words: string[] = [];
  if (temperature !== undefined) words.push(`temperature ${temperature}`);
  if (topP !== undefined) words.push(`top-p ${topP}`);
  if (maxTokens !== undefined) words.push(`at most ${maxTokens} tokens`);
  if (seed !== undefined) words.push(`seed ${seed}`);
  if (stop !== undefined) words.push(`stop at ${stop.map((text) => JSON.stringify(text)).join(', ')}`);
  if (systemPrompt !== undefined) words.push('own system prompt');
  return words;
}
