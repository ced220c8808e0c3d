import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** 0600, and whole: readers see the old text or the new one, never half of one. Throws what the file system throws. */
export function writePrivateFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
