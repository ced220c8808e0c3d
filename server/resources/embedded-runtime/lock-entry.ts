/** What the lock says of the embedded runtime: its settings, and the bytes of the program that runs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { LockContext } from '../../engine/resource.ts';
import { errnoOf } from '../../lib/errors.ts';
import { runtimePrefix, type Home } from '../../lib/home.ts';
import type { Lab, RuntimeChoice } from '../../schemas/lab.ts';
import { PROCESS_ENTRY, type LockEntry } from '../../schemas/lock.ts';

export async function runtimeEntries(lab: Lab, home: Home, context: LockContext): Promise<LockEntry[]> {
  if (lab.engine !== 'embedded') return [];
  const { runtime, profile, contextSize, threads, modelPort, embeddings } = lab;
  const files = programFiles(runtime, home);
  const metadata = {
    profile,
    engine: lab.engine,
    runtime: runtime.kind,
    version: runtime.version,
    sha256: files.length === 0 ? null : await context.hash(files, context),
    platform: `${process.platform}-${process.arch}`,
    flags: { context_size: contextSize, threads, ...embeddingsFlags(embeddings) },
    ports: { model: modelPort, ...(embeddings === undefined ? {} : { embeddings: embeddings.port }) },
  };
  return [{ ...PROCESS_ENTRY, state: 'managed', metadata }];
}

function embeddingsFlags(embeddings: Lab['embeddings']): Record<string, string | number> {
  if (embeddings === undefined) return {};
  const { modelName, contextSize, pooling } = embeddings;
  return { embeddings: modelName, embeddings_context_size: contextSize, embeddings_pooling: pooling };
}

/** A llama-server's own file; of node-llama-cpp all files of its native build. None when it is not there yet. */
function programFiles(runtime: RuntimeChoice, home: Home): string[] {
  if (runtime.kind === 'llama-server') return runtime.version === null ? [] : [runtime.path];
  const modules = join(runtimePrefix(home, runtime.version), 'node_modules', '@node-llama-cpp');
  return filesBelow(modules)
    .filter((path) => /[\\/]bins[\\/]/.test(path))
    .toSorted();
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
