/** For tests: a folder of their own, an environment, and a way to be someone without rights. Not part of the product. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TestFolder {
  root: string;
  path(...parts: string[]): string;
  /** Writes a file with the folders above it; returns its path. */
  write(relative: string, content: string | Uint8Array): string;
  remove(): void;
}

export function testFolder(): TestFolder {
  const root = mkdtempSync(join(tmpdir(), 'ailab-weights-'));
  chmodSync(root, 0o755);
  const path = (...parts: string[]) => join(root, ...parts);
  return {
    root,
    path,
    write(relative, content) {
      const file = path(relative);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** An environment of these variables and nothing else that matters. */
export function testEnv(variables: Record<string, string> = {}): NodeJS.ProcessEnv {
  return { NODE_ENV: 'test', ...variables };
}

const NOBODY = 65_534;

/** File rights mean nothing to root, so root becomes nobody for a while; false where that is not possible. */
export function canLoseRights(): boolean {
  if (process.platform === 'win32') return false;
  return process.getuid?.() !== 0 || typeof process.seteuid === 'function';
}

export async function withoutRootRights<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
