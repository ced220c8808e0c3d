/** Marks put into a lab's data, to be looked for wherever no data may be. */
import type { Lab } from './lab.ts';

export interface Canaries {
  conversationId: string;
  /** The first of our marks that a text holds; undefined when it is clean. */
  in(text: string): string | undefined;
}

/** A conversation and a key under names that are found nowhere else; the home's path is one mark more. */
export async function seedCanaries(lab: Lab): Promise<Canaries> {
  const mark = `CANARY-${crypto.randomUUID()}`;
  const api = lab.api();
  const { conversation } = await api.chat.turn.mutate({ text: `${mark} what is the secret?` });
  const key = await api.access.createKey.mutate({ name: mark });
  const marks = [mark, key.secret, conversation.id, lab.home];
  return { conversationId: conversation.id, in: (text) => marks.find((one) => text.includes(one)) };
}
