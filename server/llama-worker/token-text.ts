/** Tokens to text: a character's bytes may come in several tokens, so text is held until it is whole. */
import type { LlamaModel, Token } from './llama.ts';

/** No character needs more bytes; after so many a broken one is passed on as it is. */
const MOST_TOKENS = 4;
/** Tokens before the new ones that the detokenizer looks at, for spaces between words. */
const LOOK_BACK = 16;

export interface TokenText {
  push(token: Token): string;
  rest(): string;
}

export function createTokenText(model: Pick<LlamaModel, 'detokenize'>, prompt: readonly Token[]): TokenText {
  let recent = prompt.slice(-LOOK_BACK);
  let pending: Token[] = [];
  const take = (text: string) => {
    recent = [...recent, ...pending].slice(-LOOK_BACK);
    pending = [];
    return text;
  };
  return {
    push(token) {
      pending.push(token);
      const text = model.detokenize(pending, false, recent);
      return text.endsWith('\uFFFD') && pending.length < MOST_TOKENS ? '' : take(text);
    },
    rest: () => (pending.length === 0 ? '' : take(model.detokenize(pending, false, recent))),
  };
}
