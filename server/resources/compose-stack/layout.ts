/** Where the stack's things lie: below `stack` in the home, which is 0700; containers see parts of it, read-only. */
import { join } from 'node:path';
import { EMBEDDINGS_SERVICE } from '../../schemas/lab.ts';
import type { Home } from '../../lib/home.ts';

export interface StackLayout {
  root: string;
  /** Keys and passwords; 0600. */
  secrets: string;
  /** The variables of the stack, for plain Compose; 0600. */
  environment: string;
  /** What Compose made of stack file and variables, without secrets; 0600. */
  rendered: string;
  /** Which password Grafana's volume was found to hold, as a mark; 0600. */
  grafanaProven: string;
  /** What is mounted; the files in it are 0644, for containers run under users of their own (65534, 472). */
  files: string;
}

export function stackLayout(home: Home): StackLayout {
  const root = join(home.root, 'stack');
  return {
    root,
    secrets: join(root, 'secrets.json'),
    environment: join(root, 'stack.env'),
    rendered: join(root, 'rendered.json'),
    grafanaProven: join(root, 'grafana.proven'),
    files: join(root, 'files'),
  };
}

export const MODEL = 'model';
/** Every service of the stack file, in the order in which they are shown. */
export const STACK_SERVICES = [MODEL, EMBEDDINGS_SERVICE, 'weaviate', 'prometheus', 'grafana'] as const;
export type StackService = (typeof STACK_SERVICES)[number];

export const PROJECT_LABEL = 'com.docker.compose.project';
export const SERVICE_LABEL = 'com.docker.compose.service';
/** Only Compose writes it: what carries it was made by Compose, not by a stranger with a label. */
export const HASH_LABEL = 'com.docker.compose.config-hash';
/** Fingerprint of the mounted files, so that a changed one is seen: Compose itself doesn't look into them. */
export const FILES_LABEL = 'ailab.files';
export const PROFILE_LABEL = 'ailab.profile';
/** Bytes of the weights, so that a container that ran out of memory can say what it would have needed. */
export const WEIGHTS_LABEL = 'ailab.weights-bytes';
