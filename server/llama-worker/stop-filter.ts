/** Lets text through until a stop string appears; holds back what may be the beginning of one. */
export interface StopFilter {
  /** The text that is safe to send now, and whether a stop string was met (it is not part of the text). */
  push(text: string): { text: string; stopped: boolean };
  /** What was held back, at the end. */
  rest(): string;
}

export function createStopFilter(stops: readonly string[]): StopFilter {
  let held = '';
  return {
    push(text) {
      held += text;
      const found = stops.map((stop) => held.indexOf(stop)).filter((index) => index >= 0);
      if (found.length > 0) {
        const before = held.slice(0, Math.min(...found));
        held = '';
        return { text: before, stopped: true };
      }
      const keep = longestBeginning(held, stops);
      const safe = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: safe, stopped: false };
    },
    rest() {
      const text = held;
      held = '';
      return text;
    },
  };
}

/** Length of the longest end of `text` with which a stop string begins. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(stop.slice(0, length))) {
        longest = length;
        break;
      }
    }
  }
  return longest;
}
