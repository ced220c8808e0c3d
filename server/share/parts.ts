/** The parts of the page that change, each as markup of its own: the stream sends those that are new. */
import { formatBytes, formatCount, formatDuration, formatFigure, plural } from '../schemas/format.ts';
import type { ShareView } from '../schemas/share-view.ts';
import { esc, time } from './html.ts';
import { PHASE_WORDS, type Tone } from '../schemas/state-words.ts';
import { PHASE_LEADS, SERVICE_NAMES, serviceWord } from './words.ts';

/** Markup by the id of the element that holds it; `title` is the document's, as plain text. */
export type Parts = Record<'title' | 'state' | 'figures' | 'history' | 'services' | 'model' | 'lock', string>;

export function partsOf(view: ShareView): Parts {
  return {
    title: `${PHASE_WORDS[view.phase].word} · ailab-web`,
    state: stateOf(view),
    figures: figuresOf(view),
    history: historyOf(view),
    services: servicesOf(view),
    model: modelOf(view),
    lock: lockOf(view),
  };
}

const SHAPES: Record<Tone, string> = {
  ok: '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
  busy: '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.75a4.25 4.25 0 0 1 0 8.5z" fill="currentColor"/>',
  warn: '<path d="M6 1.2 11.3 10.6H.7z" fill="currentColor"/>',
  bad: '<path d="M6 .6 11.4 6 6 11.4.6 6z" fill="currentColor"/>',
  idle: '<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5"/>',
};

const mark = (tone: Tone): string =>
  `<svg class="mark ${tone}" viewBox="0 0 12 12" aria-hidden="true">${SHAPES[tone]}</svg>`;

function stateOf({ phase }: ShareView): string {
  const { tone, word } = PHASE_WORDS[phase];
  return `<h1 class="head">${mark(tone)}<span>${word}</span></h1><p class="lead">${PHASE_LEADS[phase]}</p>`;
}

function figuresOf({ lastHour, upSince }: ShareView): string {
  const { tokensPerSecond, replyP95Ms, firstTokenP95Ms, requests, errors } = lastHour;
  const speed = tokensPerSecond === null ? NONE : `${formatFigure(tokensPerSecond)} <small>tokens/s</small>`;
  const figures = [
    ['Speed', speed],
    ['First token, p95', firstTokenP95Ms === null ? NONE : formatDuration(firstTokenP95Ms)],
    ['Whole reply, p95', replyP95Ms === null ? NONE : formatDuration(replyP95Ms)],
    ['Up', upSince === null ? NOT_UP : time(upSince, 'since')],
  ];
  const hint =
    requests === 0
      ? 'Nobody has asked the model in the last hour.'
      : `Of ${plural(requests, 'request')} in the last hour${errors === 0 ? '' : `, ${formatCount(errors)} of them failed`}.`;
  return `<dl class="figures">${figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl><p class="hint">${hint}</p>`;
}

const NONE = '<span class="none">none yet</span>';
const NOT_UP = '<span class="none">not running</span>';

const [WIDTH, HEIGHT] = [600, 72];

/** One stroke a minute; the tallest fills the height. */
function historyOf({ perMinute }: ShareView): string {
  const known = perMinute.flatMap((value) => (value === null ? [] : [value]));
  if (known.length === 0) return '<p class="hint">Nothing to draw yet: no reply ended in the last hour.</p>';
  const most = Math.max(...known, 1e-9);
  const step = WIDTH / perMinute.length;
  const strokes = perMinute
    .map((value, minute) => {
      if (value === null) return '';
      const top = HEIGHT - Math.max(1.5, (value / most) * (HEIGHT - 2));
      return `M${tenth((minute + 0.5) * step)} ${HEIGHT}V${tenth(top)}`;
    })
    .join('');
  const words = `Tokens per second by minute over the last hour: from ${formatFigure(Math.min(...known))} to ${formatFigure(most)}, in ${plural(known.length, 'minute')} with replies.`;
  return `<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${words}"><path d="${strokes}" stroke="currentColor" stroke-width="${tenth(step * 0.7)}" fill="none"/></svg><p class="axis"><span>an hour ago</span><span>at most ${formatFigure(most)} tokens/s</span><span>now</span></p>`;
}

const tenth = (value: number): string => String(Math.round(value * 10) / 10);

function servicesOf({ services }: ShareView): string {
  if (services.length === 0) return '<p class="hint">Nothing is set up yet.</p>';
  const rows = services.map((service) => {
    const { tone, word } = serviceWord(service);
    return `<li>${mark(tone)}<span>${SERVICE_NAMES[service.name]}</span><span>${word}</span></li>`;
  });
  return `<ul class="services">${rows.join('')}</ul>`;
}

function facts(entries: readonly (readonly [string, string | null])[]): string {
  const known = entries.filter(([, value]) => value !== null);
  return `<dl class="facts">${known.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function modelOf({ model, runtime, engine, profile }: ShareView): string {
  if (model === null) return '<p class="hint">No model is set up.</p>';
  const { name, architecture, quantization, sizeBytes, contextSize } = model;
  const version = runtime?.version;
  return facts([
    ['Name', esc(name ?? 'A local model')],
    ['Architecture', architecture === null ? null : esc(architecture)],
    ['Quantization', quantization === null ? null : esc(quantization)],
    ['Size', sizeBytes === null ? null : formatBytes(sizeBytes)],
    ['Context', contextSize === null ? null : `${formatCount(contextSize)} tokens`],
    [
      'Runtime',
      runtime === null ? null : esc(`${runtime.kind}${typeof version === 'string' ? ` ${version}` : ''}`),
    ],
    ['Runs on', `${engine}, profile ${profile}`],
  ]);
}

function lockOf({ lock }: ShareView): string {
  if (lock === null) return '<p class="hint">No lock yet: the first start that succeeds writes it.</p>';
  return facts([
    ['SHA-256', `<code>${lock.sha256}</code>`],
    ['Written', time(lock.createdAt, 'at')],
  ]);
}
