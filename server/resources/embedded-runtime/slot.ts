/** The model servers that a home may have, each under a supervisor of its own, and where each keeps its things. */
import { join } from 'node:path';
import type { Home } from '../../lib/home.ts';
import { EMBEDDINGS_PROCESS } from '../../schemas/model-server.ts';

export const ROLES = ['model', 'embeddings'] as const;
export type Role = (typeof ROLES)[number];

export interface Slot {
  role: Role;
  /** Of its item. */
  name: string;
  /** In words. */
  title: string;
  /** Of the home. */
  root: string;
  /** Written by the supervisor alone. */
  record: string;
  /** The server's key, for the programs that take it from a file; 0600; absent when none runs. */
  keyFile: string;
  log: string;
  supervisorLog: string;
}

export function slotOf({ root, logs, runtimeFile, runtimeKeyFile }: SlotHome, role: Role): Slot {
  if (role === 'model') {
    return {
      role,
      name: 'embedded-runtime',
      title: 'The model server',
      root,
      record: runtimeFile,
      keyFile: runtimeKeyFile,
      log: join(logs, 'runtime.log'),
      supervisorLog: join(logs, 'supervisor.log'),
    };
  }
  return {
    role,
    name: EMBEDDINGS_PROCESS,
    title: 'The embeddings server',
    root,
    record: join(root, 'embeddings.json'),
    keyFile: join(root, 'embeddings.key'),
    log: join(logs, 'embeddings.log'),
    supervisorLog: join(logs, 'embeddings-supervisor.log'),
  };
}

export type SlotHome = Pick<Home, 'root' | 'logs' | 'runtimeFile' | 'runtimeKeyFile'>;

export const slotsOf = (home: SlotHome): Slot[] => ROLES.map((role) => slotOf(home, role));
