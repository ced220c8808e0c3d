import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** One bit of one byte, in place; a second time it is as before. */
export function flipByte(path: string, offset: number): void {
  const handle = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(handle, byte, 0, 1, offset);
  byte[0] = (byte[0] ?? 0) ^ 1;
  writeSync(handle, byte, 0, 1, offset);
  closeSync(handle);
}
