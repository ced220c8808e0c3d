/**
 * Characters that change the order in which text is read, or that nobody sees (Unicode UAX #9, "Trojan Source"): in a
 * model's words they are shown by their number. The marks that right-to-left scripts need (LRM, RLM, ALM) stay.
 */
const HIDDEN = /[\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]|(?![\t\n\f\r])\p{Cc}/gu;

export function showHidden(text: string): string {
  return text.replace(HIDDEN, (found) => {
    const code = found.codePointAt(0) ?? 0;
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}
