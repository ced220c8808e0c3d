/**
 * Takes one file out of a wheel, which is a zip archive, without trusting it: no path of the archive is ever
 * written to, sizes are bounded. Format: PKWARE APPNOTE 6.3, without zip64 and encryption.
 */
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable, Transform } from 'node:stream';
import { PassThrough } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

export interface WheelMember {
  name: string;
  /** Unpacked bytes, as the archive claims. */
  size: number;
  packedSize: number;
  deflated: boolean;
  /** Offset of its packed data. */
  start: number;
}

const END_SIGNATURE = 0x06_05_4b_50;
const ENTRY_SIGNATURE = 0x02_01_4b_50;
const LOCAL_SIGNATURE = 0x04_03_4b_50;
const MAX_DIRECTORY_BYTES = 1024 * 1024;
const MAX_COMMENT_BYTES = 65_535;

/** The only member whose name ends so. Throws a plain Error with the reason when there is none, or no sound archive. */
export async function findMember(path: string, suffix: string): Promise<WheelMember> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const found = (await readDirectory(handle, size)).filter((member) => member.name.endsWith(suffix));
    const [member] = found;
    if (member === undefined || found.length > 1)
      throw new Error(`it holds ${found.length} files that end in ${suffix} instead of one`);
    const local = await readAt(handle, member.start, 30);
    if (local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new Error('its entries are not where it says');
    const start = member.start + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    if (start + member.packedSize > size) throw new Error('it is cut off');
    return { ...member, start };
  } finally {
    await handle.close();
  }
}

/** Packed bytes of a member, and the stream that unpacks them: to be joined in one `pipeline`. */
export function memberStreams(path: string, member: WheelMember): [Readable, Transform] {
  const packed = createReadStream(path, { start: member.start, end: member.start + member.packedSize - 1 });
  return [packed, member.deflated ? createInflateRaw() : new PassThrough()];
}

async function readDirectory(handle: FileHandle, size: number): Promise<WheelMember[]> {
  const tailLength = Math.min(size, 22 + MAX_COMMENT_BYTES);
  const tail = await readAt(handle, size - tailLength, tailLength);
  let at = tail.length - 22;
  while (at >= 0 && tail.readUInt32LE(at) !== END_SIGNATURE) at -= 1;
  if (at < 0) throw new Error('it is not a zip archive, or is cut off');
  const length = tail.readUInt32LE(at + 12);
  const offset = tail.readUInt32LE(at + 16);
  if (length > MAX_DIRECTORY_BYTES || offset + length > size) throw new Error('its directory is not sound');
  return parseEntries(await readAt(handle, offset, length));
}

function parseEntries(directory: Buffer): WheelMember[] {
  const members: WheelMember[] = [];
  for (let at = 0; at + 46 <= directory.length;) {
    if (directory.readUInt32LE(at) !== ENTRY_SIGNATURE) throw new Error('its directory is not sound');
    const nameLength = directory.readUInt16LE(at + 28);
    const method = directory.readUInt16LE(at + 10);
    const encrypted = (directory.readUInt16LE(at + 8) & 1) === 1;
    if (!encrypted && (method === 0 || method === 8))
      members.push({
        name: directory.toString('utf8', at + 46, at + 46 + nameLength),
        deflated: method === 8,
        packedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        start: directory.readUInt32LE(at + 42),
      });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead < length) throw new Error('it is cut off');
  return buffer;
}
