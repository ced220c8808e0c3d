/** The support bundle in a terminal: shown whole, then asked about, then saved. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { LabError } from '../lib/errors.ts';
import { writePrivateFile } from '../lib/private-file.ts';
import type { SupportBundle } from '../schemas/support.ts';
import { say } from './act.ts';
import { confirm } from './confirm.ts';

/** `-`: standard output. A file that is there already is not written over. */
export async function saveBundle({ text }: SupportBundle, file: string, yes: boolean): Promise<void> {
  if (file === '-') {
    process.stdout.write(text);
    return;
  }
  const path = resolve(file);
  if (existsSync(path)) throw taken(path);
  process.stdout.write(text);
  if (!yes) await confirm(`Save this text to ${path}?`, '--yes');
  try {
    writePrivateFile(path, text);
  } catch (error) {
    throw notWritten(path, error);
  }
  say(`Saved to ${path}. It has been sent to nobody.\n`);
}

function taken(path: string): LabError {
  return new LabError({
    code: 'file_exists',
    message: `${path} is there already.`,
    fix: 'Name another file.',
    status: 409,
  });
}

function notWritten(path: string, cause: unknown): LabError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new LabError({
    code: 'bundle_not_written',
    message: `The bundle could not be written to ${path}: ${why}.`,
    fix: 'Name a file in a folder that you may write to.',
    cause,
  });
}
