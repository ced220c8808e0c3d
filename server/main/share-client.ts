/** Shares for the CLI's commands: through the running server, or by the engine in this process. */
import type { RunningEngine } from '../engine/engine.ts';
import type { CreateShareInput, ShareInfo, ShareList, ShareSnapshot } from '../schemas/share.ts';
import { plain } from './remote-error.ts';
import type { Remote } from './remote.ts';

export interface ShareClient {
  list(): Promise<ShareList>;
  create(input: CreateShareInput): Promise<ShareInfo>;
  revoke(id: string): Promise<void>;
  snapshot(): Promise<ShareSnapshot>;
}

export function localShare({ share }: RunningEngine, signal: AbortSignal): ShareClient {
  return {
    list: async () => share.list(),
    create: (input) => share.create(input, 'cli'),
    revoke: async (id) => share.revoke(id),
    snapshot: () => share.snapshot(signal),
  };
}

export function remoteShare({ share }: Remote): ShareClient {
  return {
    list: () => plain(share.list.query()),
    create: (input) => plain(share.create.mutate(input)),
    revoke: (id) => plain(share.revoke.mutate({ id })),
    snapshot: () => plain(share.snapshot.query()),
  };
}
