/** What is handed over when a runtime starts: to the supervisor over stdin, to our worker over IPC. Never in argv. */
import * as z from 'zod';
import { PROFILES } from '../../schemas/lab.ts';
import { runtimeFacts } from './record.ts';
import { ROLES, type Role, type Slot } from './slot.ts';

export const startRequest = z.object({
  home: z.string().min(1),
  role: z.enum(ROLES),
  facts: runtimeFacts,
  launch: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('llama-server'), path: z.string().min(1) }),
    z.object({
      kind: z.literal('node-llama-cpp'),
      prefix: z.string().min(1),
      workerEntry: z.string().min(1),
    }),
  ]),
});
export type StartRequest = z.infer<typeof startRequest>;
export type Launch = StartRequest['launch'];

export const workerConfig = z.object({
  /** Folder whose `node_modules` holds node-llama-cpp. */
  prefix: z.string().min(1),
  weightsPath: z.string().min(1),
  modelName: z.string().min(1),
  contextSize: z.number().int().positive(),
  threads: z.number().int().positive(),
  profile: z.enum(PROFILES),
  port: z.number().int(),
  apiKey: z.string().min(1),
  role: z.enum(ROLES),
});
export type WorkerConfig = z.infer<typeof workerConfig>;

/** Stands in runtime.log before the first word of each start. */
export const START_MARK = 'ailab-web: the model server is started';

/** Arguments by which the processes of a home are found again when no record names them. */
export const supervisorMark = ({ role, root }: Marked): string => `--ailab-${KIND[role]}supervisor=${root}`;
export const workerMark = ({ role, root }: Marked): string => `--ailab-${KIND[role]}worker=${root}`;

type Marked = Pick<Slot, 'role' | 'root'>;
const KIND: Record<Role, string> = { model: '', embeddings: 'embeddings-' };
