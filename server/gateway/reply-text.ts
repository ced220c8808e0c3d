/** Puts a reply's words together as they pass: the answer, and apart from it what the model thought before. */
import type { Reasoning } from '../schemas/chat.ts';
import { createThinkSplitter, type Parted } from '../schemas/thinking.ts';

/** `into` grows with each piece; `clock` in milliseconds. */
export function createReplyText(
  into: { text: string; reasoning: Reasoning | null },
  clock: () => number = () => performance.now(),
) {
  const splitter = createThinkSplitter();
  let thoughtSince = 0;

  const take = ({ thought, answer }: Parted) => {
    if (thought !== '') {
      if (into.reasoning === null) {
        thoughtSince = clock();
        into.reasoning = { text: '', ms: 0 };
      }
      into.reasoning.text += thought;
    }
    // Its thinking lasts until the answer begins.
    if (into.reasoning !== null && into.text === '') into.reasoning.ms = Math.round(clock() - thoughtSince);
    into.text += answer;
  };

  return {
    /** `thought` as the runtime tells it apart; `piece` may hold `<think>` marks of its own. */
    add(thought: string, piece: string): void {
      if (thought !== '') take({ thought, answer: '' });
      if (piece !== '') take(splitter.push(piece));
    },
    end: () => take(splitter.end()),
  };
}
