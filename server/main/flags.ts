/** The flags that commands share, and what they mean. */
import { InvalidArgumentError, type Command } from 'commander';
import { resolve } from 'node:path';
import { LabError } from '../lib/errors.ts';
import { expandTilde, locateHome, type Home } from '../lib/home.ts';
import { configOverrides, type ConfigOverrides } from '../schemas/config.ts';
import { TAIL_MAX } from '../schemas/logs.ts';
import { locateProgram } from './paths.ts';

export interface HomeFlags {
  home?: string;
}

export interface LabFlags extends HomeFlags {
  engine?: string;
  profile?: string;
  modelId?: string;
  modelPath?: string;
  output: string;
}

export const env = process.env;
export const program = locateProgram();

export function withHome(command: Command): Command {
  return command.option(
    '--home <folder>',
    'home of the lab; without it $AILAB_HOME, else the data folder of ailab-web',
  );
}

export function withLab(command: Command): Command {
  return withHome(command)
    .option('--engine <engine>', 'auto, docker or embedded')
    .option('--profile <profile>', 'default (CPU) or gpu')
    .option('--model-id <id>', 'a GGUF repository: org/name[:quant-or-file][@revision]')
    .option('--model-path <path>', 'a .gguf file, or a folder holding one')
    .option('-o, --output <format>', 'table, json or yaml', 'table');
}

export function homeOf(flags: HomeFlags): Home {
  return locateHome(flags.home, env);
}

/** Flags as overrides; a path is made absolute here, because the server has another working folder. */
export function overridesOf(flags: LabFlags): { overrides?: ConfigOverrides } {
  const { engine, profile, modelId, modelPath } = flags;
  const given = {
    ...(engine === undefined ? {} : { engine }),
    ...(profile === undefined ? {} : { profile }),
    ...(modelId === undefined ? {} : { model_id: modelId }),
    ...(modelPath === undefined ? {} : { model_path: resolve(expandTilde(modelPath)) }),
  };
  if (Object.keys(given).length === 0) return {};
  const parsed = configOverrides.safeParse(given);
  if (parsed.success) return { overrides: parsed.data };
  const issue = parsed.error.issues[0];
  throw new LabError({
    code: 'usage',
    message: `--${String(issue?.path[0]).replace('_', '-')}: ${issue?.message ?? 'not valid'}`,
    fix: 'See `ailab-web up --help`.',
    status: 400,
  });
}

/** The commands that only look take their flags the same way as the environment does. */
export function environmentOf(flags: LabFlags): Record<string, string> {
  const { overrides } = overridesOf(flags);
  return {
    ...(overrides?.engine === undefined ? {} : { AILAB_ENGINE: overrides.engine }),
    ...(overrides?.profile === undefined ? {} : { AILAB_PROFILE: overrides.profile }),
    ...(overrides?.model_id === undefined ? {} : { MODEL_ID: overrides.model_id, MODEL_PATH: '' }),
    ...(overrides?.model_path === undefined ? {} : { MODEL_PATH: overrides.model_path }),
  };
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 1 to 65535.');
}

export function parseTail(text: string): number {
  const tail = parseNumber(0, TAIL_MAX)(text);
  if (Number.isInteger(tail)) return tail;
  throw new InvalidArgumentError('It must be a whole number.');
}

export function parseContext(text: string): number {
  const tokens = parseNumber(256, 1_048_576)(text);
  if (Number.isInteger(tokens)) return tokens;
  throw new InvalidArgumentError('It must be a whole number of tokens.');
}

export function parseNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}
