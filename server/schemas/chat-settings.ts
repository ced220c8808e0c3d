/** What a conversation asks of the model beside its words, and the presets for it. An absent key is the runtime's default. */
import * as z from 'zod';
import { NUMBER_LIMITS, STOP_MAX, STOPS_MAX, SYSTEM_PROMPT_MAX } from './chat-settings-words.ts';

function number(key: keyof typeof NUMBER_LIMITS) {
  const { min, max, whole } = NUMBER_LIMITS[key];
  return (whole ? z.number().int() : z.number()).min(min).max(max).optional();
}

export const chatSettings = z.strictObject({
  /** 0 is always the likeliest token. */
  temperature: number('temperature'),
  /** Nucleus sampling: the share of likelihood that is drawn from. */
  topP: number('topP'),
  /** Of the reply, in tokens. */
  maxTokens: number('maxTokens'),
  /** The same seed with the same settings draws the same tokens. */
  seed: number('seed'),
  systemPrompt: z.string().trim().min(1).max(SYSTEM_PROMPT_MAX).optional(),
  /** Texts at which the reply ends. */
  stop: z.array(z.string().min(1).max(STOP_MAX)).min(1).max(STOPS_MAX).optional(),
});
export type ChatSettings = z.infer<typeof chatSettings>;
export type ChatSetting = keyof ChatSettings;

export const chatPreset = z.object({ id: z.string(), name: z.string(), settings: chatSettings });
export type ChatPreset = z.infer<typeof chatPreset>;

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
