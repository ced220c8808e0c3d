/**
 * Forward reader over an open file: one fixed buffer, little-endian, skips without reading where it can. What a
 * hostile file can make it read in all is capped, so time and memory are bounded whatever the header says.
 */
import type { FileHandle } from 'node:fs/promises';
import { corrupt, truncated } from './words.ts';

const BUFFER_BYTES = 256 * 1024;
/** Largest header seen in practice: under 20 MB (a vocabulary of 262,144 tokens with its merges). */
const MAX_READ_BYTES = 48 * 1024 * 1024;
const HIGH_WORD = 2 ** 32;

export class ByteReader {
  readonly path: string;
  readonly size: number;
  private readonly handle: FileHandle;
  private readonly buffer: Buffer;
  /** File offset of the buffer's first byte. */
  private base = 0;
  private at = 0;
  private end = 0;
  private totalRead = 0;

  constructor(handle: FileHandle, path: string, size: number) {
    this.handle = handle;
    this.path = path;
    this.size = size;
    this.buffer = Buffer.allocUnsafe(Math.min(BUFFER_BYTES, Math.max(size, 64)));
  }

  /** Offset in the file of the next byte. */
  get position(): number {
    return this.base + this.at;
  }

  /** Bytes of the file after the position. */
  get left(): number {
    return this.size - this.position;
  }

  async u32(): Promise<number> {
    if (this.end - this.at < 4) await this.fill(4);
    const value = this.buffer.readUInt32LE(this.at);
    this.at += 4;
    return value;
  }

  /** A u64 as a number; null when it is over 2^53 - 1. */
  async u64(): Promise<number | null> {
    if (this.end - this.at < 8) await this.fill(8);
    const value = this.buffer.readUInt32LE(this.at) + this.buffer.readUInt32LE(this.at + 4) * HIGH_WORD;
    this.at += 8;
    return Number.isSafeInteger(value) ? value : null;
  }

  /** The next `length` bytes, at most the buffer's size; valid until the next call. */
  async bytes(length: number): Promise<Buffer> {
    if (this.end - this.at < length) await this.fill(length);
    const value = this.buffer.subarray(this.at, this.at + length);
    this.at += length;
    return value;
  }

  /** Passes over bytes; throws `weights_truncated` when the file has fewer. */
  skip(length: number): void {
    if (length > this.left) throw truncated(this.path, null, this.size);
    if (this.at + length <= this.end) {
      this.at += length;
      return;
    }
    this.base = this.position + length;
    this.at = 0;
    this.end = 0;
  }

  /** Passes over `count` strings, each at most `maxBytes` long, without holding them. */
  async skipStrings(count: number, maxBytes: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      // No await inside the buffer: a vocabulary is 100,000 strings of a few bytes.
      if (this.end - this.at < 8) await this.fill(8);
      const high = this.buffer.readUInt32LE(this.at + 4);
      const length = this.buffer.readUInt32LE(this.at);
      this.at += 8;
      if (high !== 0 || length > maxBytes) throw corrupt(this.path, 'a string in it is far too long');
      this.skip(length);
    }
  }

  private async fill(need: number): Promise<void> {
    if (need > this.left) throw truncated(this.path, null, this.size);
    const kept = this.end - this.at;
    this.buffer.copy(this.buffer, 0, this.at, this.end);
    this.base += this.at;
    this.at = 0;
    this.end = kept;
    while (this.end < need) {
      const { bytesRead } = await this.handle.read(
        this.buffer,
        this.end,
        this.buffer.length - this.end,
        this.base + this.end,
      );
      if (bytesRead === 0) throw truncated(this.path, null, this.base + this.end);
      this.end += bytesRead;
      this.totalRead += bytesRead;
      if (this.totalRead > MAX_READ_BYTES) throw corrupt(this.path, 'its header is far too large');
    }
  }
}
