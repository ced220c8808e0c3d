/** Writes single keys into `ai-lab.yaml`, keeping its comments and order. The write is atomic. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { parseDocument } from 'yaml';
import { homeError } from '../lib/home.ts';
import { invalidConfigError, parseConfig } from './load.ts';
import type { ConfigFile } from '../schemas/config.ts';
import { dirname } from 'node:path';

export function setConfigKey<K extends keyof ConfigFile>(
  path: string,
  key: K,
  value: NonNullable<ConfigFile[K]>,
): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const before = parseConfig(path, text);
  if (before.problems.length > 0) throw invalidConfigError(before);
  const document = parseDocument(text);
  document.set(key, value);
  const next = document.toString();
  const after = parseConfig(path, next);
  if (after.problems.length > 0) throw invalidConfigError(after);
  writeAtomically(path, next);
}

function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw homeError(dirname(path), error);
  }
}
