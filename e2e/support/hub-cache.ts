/** A Hugging Face cache of a test's own, with one model in it, as the hub's library lays it out. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

export interface TestCache {
  /** For the product. */
  env: { HF_HUB_CACHE: string };
  modelId: string;
  revision: string;
  sha256: string;
  /** The bytes themselves; a copy that may be changed. */
  blob: string;
  remove(): void;
}

const REVISION = '0123456789abcdef0123456789abcdef01234567';

export function hubCacheWith(gguf: string, repo = 'ailab-test/tiny-GGUF'): TestCache {
  const root = mkdtempSync(join(tmpdir(), 'ailab-hub-'));
  const folder = join(root, `models--${repo.replace('/', '--')}`);
  const sha256 = createHash('sha256').update(readFileSync(gguf)).digest('hex');
  const snapshot = join(folder, 'snapshots', REVISION);
  for (const path of [join(folder, 'blobs'), join(folder, 'refs'), snapshot])
    mkdirSync(path, { recursive: true });
  const blob = join(folder, 'blobs', sha256);
  cpSync(gguf, blob);
  symlinkSync(join('..', '..', 'blobs', sha256), join(snapshot, basename(gguf)));
  writeFileSync(join(folder, 'refs', 'main'), REVISION);
  return {
    env: { HF_HUB_CACHE: root },
    modelId: repo,
    revision: REVISION,
    sha256,
    blob,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
