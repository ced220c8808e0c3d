/** The status badge: an SVG of 20 px, as those in READMEs; one colour of ground that holds in both themes. */
import { formatFigure } from '../schemas/format.ts';
import type { ShareView } from '../schemas/share-view.ts';
import { esc } from './html.ts';
import { PHASE_WORDS, type Tone } from '../schemas/state-words.ts';

/** White text on each is at 4.5:1 or more. */
const COLOURS: Record<Tone, string> = {
  ok: '#1a7442',
  busy: '#2a4fd0',
  warn: '#8a5600',
  bad: '#b3261e',
  idle: '#676960',
};

const LABEL = 'ailab-web';
const GROUND = '#3a3c37';

export function renderBadge({ phase, lastHour }: ShareView): string {
  const { tone, word } = PHASE_WORDS[phase];
  const speed =
    phase === 'running' && lastHour.tokensPerSecond !== null
      ? ` · ${formatFigure(lastHour.tokensPerSecond)} tokens/s`
      : '';
  const value = `${word.toLowerCase()}${speed}`;
  const [left, right] = [widthOf(LABEL), widthOf(value)];
  const width = left + right;
  const words = esc(`${LABEL}: ${value}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" viewBox="0 0 ${width} 20" role="img" aria-label="${words}"><title>${words}</title><clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="20" fill="${GROUND}"/><rect x="${left}" width="${right}" height="20" fill="${COLOURS[tone]}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">${text(6, LABEL, left)}${text(left + 6, value, right)}</g></svg>`;
}

function text(x: number, content: string, size: number): string {
  return `<text x="${x}" y="14" textLength="${size - 12}" lengthAdjust="spacingAndGlyphs">${esc(content)}</text>`;
}

/** About what the text takes at 11 px; the text is then fitted into it exactly. */
function widthOf(text: string): number {
  return Math.round(text.length * 6.4) + 12;
}
