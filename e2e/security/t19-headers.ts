/** T19: hostile GGUF files. Their headers are read with caps: each is a named error, soon, and costs no memory. */
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  array,
  buildGguf,
  ggufHeader,
  num,
  type Value,
} from '../../server/resources/model-weights/gguf-fixture.ts';
import type { Lab } from '../support/lab.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const MEMORY_MAX = 64 * 1024 * 1024;
/** Generous: the machine may be busy. A file without its cap takes longer, or is taken for a model. */
const TIME_MAX_MS = 10_000;

const u64 = (value: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
};
/** A list with that many items, of which none follows. */
const list = (type: number, count: bigint): Value => ({
  type: 9,
  bytes: Buffer.concat([Buffer.from([type, 0, 0, 0]), u64(count)]),
});

/** A vocabulary of 16 million empty words: sound by the format, 128 MB of header, 4 KB of the disk. */
function endless(path: string): void {
  const words = 16 * 1024 * 1024;
  const header = ggufHeader({ metadata: { 'x.words': list(8, BigInt(words)) } });
  // All is zero from there on: the words, then two tensors of one number each.
  const begun = header.subarray(0, header.indexOf('x.words') + 'x.words'.length + 4 + 4 + 8);
  const file = openSync(path, 'w');
  writeSync(file, begun);
  ftruncateSync(file, begun.length + words * 8 + 4096);
  closeSync(file);
}

const SMALL: Record<string, () => Buffer> = {
  'a trillion tensors': () => buildGguf({ tensorCount: 2n ** 40n }),
  'more pairs than fit': () => buildGguf({ pairCount: 2n ** 63n }),
  'a list without end': () => buildGguf({ metadata: { 'x.list': list(8, 2n ** 62n) } }),
  'a list of bytes without end': () => buildGguf({ metadata: { 'x.list': list(0, 2n ** 40n) } }),
  'a text without end': () => buildGguf({ metadata: { 'x.text': { type: 8, bytes: u64(2n ** 50n) } } }),
  'lists in lists': () => buildGguf({ metadata: { deep: array([array([array([array([num('u8', 1)])])])]) } }),
  'five dimensions': () => buildGguf({ tensors: [{ name: 'x', dims: [1, 1, 1, 1, 1], offset: 0 }] }),
  'impossible dimensions': () => buildGguf({ tensors: [{ name: 'x', dims: [2 ** 52, 3], offset: 0 }] }),
  'data outside the file': () => buildGguf({ tensors: [{ name: 'x', dims: [64], offset: 2 ** 40 }] }),
  'no alignment': () => buildGguf({ metadata: { 'general.alignment': num('u32', 3) } }),
  'a version of tomorrow': () => buildGguf({ version: 9 }),
  'another format': () => Buffer.from('\u007FELF this is no model at all, whatever its name says'),
  'cut off': () => buildGguf().subarray(0, 500),
  nothing: () => Buffer.alloc(0),
};

const residentBytes = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

async function prove(lab: Lab): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-hostile-'));
  const path = join(lab.home, 'ai-lab.yaml');
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  try {
    const names = Object.keys(SMALL);
    for (const [name, make] of Object.entries(SMALL)) writeFileSync(join(folder, `${name}.gguf`), make());
    endless(join(folder, 'words without end.gguf'));
    const api = lab.api();
    await api.models.list.query();
    const resident = residentBytes(lab.pid);
    let most = resident;
    const watch = setInterval(() => (most = Math.max(most, residentBytes(lab.pid))), 20);
    writeFileSync(path, `${before}model_folders: [${JSON.stringify(folder)}]\n`);
    const begun = performance.now();
    const { entries } = await api.models.list.query().finally(() => clearInterval(watch));
    const took = performance.now() - begun;
    const here = entries.filter((entry) => entry.path.startsWith(folder));
    if (here.length !== names.length + 1)
      throw new Error(`${here.length} of ${names.length + 1} files are listed`);
    for (const { title, error, architecture } of here) {
      mustHold(error !== null, `${title} is taken for a model (${architecture})`);
      mustHold(
        error.code.startsWith('weights_'),
        `${title} is no named error: ${error.code} ${error.message}`,
      );
    }
    mustHold(took < TIME_MAX_MS, `hostile headers were read for ${Math.round(took)} ms`);
    mustHold(most - resident <= MEMORY_MAX, `hostile headers took ${Math.round((most - resident) / 1e6)} MB`);
  } finally {
    writeFileSync(path, before);
    rmSync(folder, { recursive: true, force: true });
  }
}

export const t19: Row = {
  id: 'T19',
  describe: 'hostile GGUF headers are named errors, soon and within 64 MB',
  prove,
};
