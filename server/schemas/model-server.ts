/** Which item is the model's server. Without zod: Chat loads this first. */
import type { Item } from './lab.ts';

/** The embeddings server as an item where it is a process. */
export const EMBEDDINGS_PROCESS = 'embeddings-runtime';

/** Is it the server of the model that chats? */
export function isModelServer({ domain, name }: Pick<Item, 'domain' | 'name'>): boolean {
  return domain === 'process' ? name !== EMBEDDINGS_PROCESS : domain === 'service' && name === 'model';
}
