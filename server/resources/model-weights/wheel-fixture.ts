/** For tests: a wheel with a model in it. Not part of the product. */
import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import type { WheelModel } from './unpack-wheel.ts';

export interface ZipEntry {
  name: string;
  content: Buffer;
  stored?: boolean;
}

export function buildZip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, stored } of entries) {
    const packed = stored === true ? content : deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(stored === true ? 0 : 8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(Buffer.byteLength(name), 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const here = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed]);
    const entry = [Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, place, Buffer.from(name)];
    local.push(here);
    central.push(Buffer.concat(entry));
    offset += here.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...local, directory, Buffer.from('PK\u0005\u0006'), end]);
}

export const WHEEL_NAME = 'tiny_llama-1.0-py3-none-any.whl';

export function modelOf(content: Buffer, wheel: Buffer): WheelModel {
  return {
    name: 'Tiny Llama',
    project: 'tiny-llama',
    wheel: WHEEL_NAME,
    wheelBytes: wheel.length,
    wheelSha256: sha256(wheel),
    bytes: content.length,
    sha256: sha256(content),
  };
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
