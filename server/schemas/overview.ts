/** What the Overview page shows: the lab in one object, computed from the truth. */
import * as z from 'zod';
import { ENGINES, errorReport, HEALTHS, labStatus, PROFILES } from './lab.ts';
import { lockInfo } from './lock.ts';
import { sharing } from './share.ts';

export const starterOffer = z.object({
  name: z.string(),
  licence: z.string(),
  /** Size of the weights on disk. */
  bytes: z.number(),
  /** What the network carries for them, at most. */
  downloadBytes: z.number(),
  /** What else an `up` will download, in words with its size where that is known; null when nothing. */
  besides: z.string().nullable(),
  source: z.string(),
  /** Is it already in the home? */
  present: z.boolean(),
});
export type StarterOffer = z.infer<typeof starterOffer>;

export const LAB_PHASES = ['stopped', 'starting', 'running', 'stopping', 'trouble'] as const;

export const labOverview = z.object({
  version: z.string(),
  home: z.string(),
  /** Of the bytes of ai-lab.yaml; null while there is none, or none that can be read. */
  configSha256: z.string().nullable(),
  phase: z.enum(LAB_PHASES),
  engine: z.enum(ENGINES),
  engineReason: z.string(),
  profile: z.enum(PROFILES),
  /** The configured weights, or null when nothing is configured. */
  model: z
    .object({
      /** As programs name it, e.g. in /v1. */
      name: z.string(),
      /** As people call it. */
      title: z.string(),
      path: z.string().nullable(),
      sizeBytes: z.number().nullable(),
      architecture: z.string().nullable(),
      quantization: z.string().nullable(),
      contextLength: z.number().nullable(),
      contextSize: z.number(),
    })
    .nullable(),
  runtime: z
    .object({
      kind: z.enum(['llama-server', 'node-llama-cpp']),
      version: z.string().nullable(),
      health: z.enum(HEALTHS),
      port: z.number().nullable(),
      /** Epoch milliseconds at which the present process started. */
      since: z.number().nullable(),
      restarts: z.number(),
      /** Last exit in words, e.g. `killed by SIGKILL`. */
      lastExit: z.string().nullable(),
    })
    .nullable(),
  /** What needs a person, worst first; empty when all is well. */
  attention: z.array(errorReport),
  /** The starter model, offered while nothing is configured. */
  starter: starterOffer.nullable(),
  /** OpenAI-compatible base URL of this server, e.g. `http://localhost:3000/v1`; null when no server runs. */
  gatewayUrl: z.string().nullable(),
  /** The lock in force; null before the first successful `up`. */
  lock: lockInfo.nullable(),
  /** What is shared now, and what listens for the network. */
  sharing,
  status: labStatus,
});
export type LabOverview = z.infer<typeof labOverview>;
