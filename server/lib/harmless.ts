/** Text of another program made harmless for terminals and pages: what remains moves no cursor and hides nothing. */

/** ECMA-48: CSI, OSC/DCS/SOS/PM/APC strings up to their end, two-character escapes; then what is left of C0 and C1. */
const ESCAPES = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    '(?:\\u001b[\\]PX^_]|[\\u009d\\u0090\\u0098\\u009e\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '\\u001b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);
const CONTROLS = new RegExp(`[${['\\u0000-\\u0008', '\\u000b-\\u001f', '\\u007f-\\u009f'].join('')}]`, 'g');
/** Marks that turn the reading direction, and invisible ones: a line could be read as another one. */
const DIRECTION = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export const MAX_LINE = 16_384;

export function harmless(text: string): string {
  const clean = text
    .replace(ESCAPES, '')
    .replace(CONTROLS, '')
    .replace(DIRECTION, (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);
  return clean.length <= MAX_LINE ? clean : `${clean.slice(0, MAX_LINE)}… (cut)`;
}
