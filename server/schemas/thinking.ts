/** Tells a model's thinking from its answer where both come in one text: `<think>…</think>` before the answer. */

export interface Parted {
  thought: string;
  answer: string;
}

export interface ThinkSplitter {
  /** The next piece of the text, cut anywhere. What could still become a mark is held back. */
  push(piece: string): Parted;
  /** What was held back, once no more can come. */
  end(): Parted;
}

const OPEN = /^\s*<think(?:ing)?>/;
const CLOSE = /<\/think(?:ing)?>/;
const OPENS = ['<think>', '<thinking>'];
const CLOSES = ['</think>', '</thinking>'];

/** Only what stands before the answer's first word is thinking: a mark in the answer itself is part of the answer. */
export function createThinkSplitter(): ThinkSplitter {
  let state: 'before' | 'thinking' | 'answer' = 'before';
  let held = '';
  let thought = false;

  /** The space between the thinking and the answer belongs to neither. */
  const answerOf = (text: string) => (thought ? text.trimStart() : text);

  function push(piece: string): Parted {
    if (state === 'answer') return { thought: '', answer: piece };
    held += piece;
    const parted = { thought: '', answer: '' };
    for (;;) {
      const mark = (state === 'before' ? OPEN : CLOSE).exec(held);
      if (mark === null) break;
      if (state === 'thinking') parted.thought += held.slice(0, mark.index);
      held = held.slice(mark.index + mark[0].length);
      state = state === 'before' ? 'thinking' : 'before';
      thought = true;
    }
    if (state === 'thinking') {
      const sure = held.length - partOf(held, CLOSES);
      parted.thought += held.slice(0, sure);
      held = held.slice(sure);
    } else if (!OPENS.some((mark) => mark.startsWith(held.trimStart()))) {
      parted.answer = answerOf(held);
      held = '';
      state = 'answer';
    }
    return parted;
  }

  function end(): Parted {
    const rest = held;
    held = '';
    return state === 'thinking' ? { thought: rest, answer: '' } : { thought: '', answer: answerOf(rest) };
  }

  return { push, end };
}

/** How many of the last characters may be the beginning of a mark. */
function partOf(text: string, marks: readonly string[]): number {
  const at = text.lastIndexOf('<');
  const tail = at === -1 ? '' : text.slice(at);
  return marks.some((mark) => mark.startsWith(tail)) ? tail.length : 0;
}
