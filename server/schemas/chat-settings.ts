/** What a conversation asks of the model beside its words, and the presets for it. An absent key is the runtime's default. */
import { z } from 'zod';

export const SYSTEM_PROMPT_MAX = 20_000;
export const STOPS_MAX = 8;

export const chatSettings = z.strictObject({
  /** 0 is always the likeliest token. */
  temperature: z.number().min(0).max(2).optional(),
  /** Nucleus sampling: the share of likelihood that is drawn from. */
  topP: z.number().min(0.01).max(1).optional(),
  /** Of the reply, in tokens. */
  maxTokens: z.number().int().min(1).max(1_000_000).optional(),
  /** The same seed with the same settings draws the same tokens. */
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  systemPrompt: z.string().trim().min(1).max(SYSTEM_PROMPT_MAX).optional(),
  /** Texts at which the reply ends. */
  stop: z.array(z.string().min(1).max(100)).min(1).max(STOPS_MAX).optional(),
});
export type ChatSettings = z.infer<typeof chatSettings>;
export type ChatSetting = keyof ChatSettings;

/** What llama-server and our own worker take where nothing is asked; both say the same. */
export const RUNTIME_DEFAULTS = { temperature: 0.8, topP: 0.95 } as const;

export const chatPreset = z.object({ id: z.string(), name: z.string(), settings: chatSettings });
export type ChatPreset = z.infer<typeof chatPreset>;

/** Sampling only: a system prompt is the user's own. */
export const BUILT_IN_PRESETS: readonly ChatPreset[] = [
  { id: 'precise', name: 'Precise', settings: { temperature: 0.2, topP: 0.9 } },
  { id: 'balanced', name: 'Balanced', settings: {} },
  { id: 'creative', name: 'Creative', settings: { temperature: 1.1, topP: 0.98 } },
];

export const PRESETS_MAX = 50;

export const savePresetInput = z.strictObject({
  /** Absent: a new one. */
  id: z.string().min(1).max(64).optional(),
  name: z.string().trim().min(1).max(60),
  /** Absent: only the name changes. */
  settings: chatSettings.optional(),
});
export type SavePresetInput = z.infer<typeof savePresetInput>;

export const presetIdInput = z.strictObject({ id: z.string().min(1).max(64) });

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
