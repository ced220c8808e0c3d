import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** 0600, and whole: readers see the old text or the new one, never half of one. Throws what the file system throws. */
export function writePrivateFile(file: string, text: string | Uint8Array): void {
  writeWholeFile(file, text, 0o600);
}

/** With exactly this mode, whatever the umask. `flush`: it is on the disk before it takes the old one's place. */
export function writeWholeFile(file: string, text: string | Uint8Array, mode: number, flush = false): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    // Never more open than it will be, not even for a moment.
    writeFileSync(temporary, text, { mode, flush });
    chmodSync(temporary, mode);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
