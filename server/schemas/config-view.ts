/** `ai-lab.yaml` as the editor sees it: its text, what is wrong with it, and what holds in the end. */
import * as z from 'zod';
import { CONFIG_KEYS } from './config-docs.ts';
import { configProblem, ORIGINS } from './config.ts';

export const configValue = z.object({
  key: z.enum(CONFIG_KEYS),
  /** What holds; null when nothing does. */
  value: z.json(),
  /** Who says so. */
  origin: z.enum(ORIGINS),
  /** Null: without a word there is none. */
  default: z.json(),
  /** What the file says; null when it says nothing. Another value than `value`: it is overruled. */
  inFile: z.json(),
  /** The environment variable that sets it; null for a key that none sets. */
  variable: z.string().nullable(),
  doc: z.string(),
});
export type ConfigValue = z.infer<typeof configValue>;

export const configView = z.object({
  path: z.string(),
  exists: z.boolean(),
  valid: z.boolean(),
  /** Null when there is no file, or none that can be shown: too large, unreadable. */
  text: z.string().nullable(),
  /** SHA-256 of the bytes on disk, to be sent back with `write`; null as `text`. */
  sha256: z.string().nullable(),
  problems: z.array(configProblem),
  /** Every key; while the file is invalid as if it said nothing. */
  values: z.array(configValue),
});
export type ConfigView = z.infer<typeof configView>;

const text = z.string().max(1_000_000);

/** One key; null takes it out of the file. */
export const configSetInput = z.strictObject({ key: z.enum(CONFIG_KEYS), value: z.json() });
export type ConfigSetInput = z.infer<typeof configSetInput>;

export const configWriteInput = z.strictObject({
  text,
  /** The `sha256` that the text was made from; null: there was no file. */
  base: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type ConfigWriteInput = z.infer<typeof configWriteInput>;

export const configCheckInput = z.strictObject({ text });
