/** The numbers as a file: all points as CSV, or one chart as a picture. */
import type { MetricPoint, MetricSeries } from '../../../_lib/wire.ts';

const COLUMNS = [
  'requests',
  'errors',
  'latencyP50',
  'latencyP95',
  'latencyP99',
  'ttftP50',
  'ttftP95',
  'ttftP99',
  'tokensPerSecond',
  'prefillTokensPerSecond',
  'promptTokens',
  'cachedTokens',
  'completionTokens',
  'running',
  'waiting',
  'api',
] as const satisfies readonly (keyof MetricPoint)[];

const UNITS: Partial<Record<(typeof COLUMNS)[number], string>> = {
  latencyP50: '_ms',
  latencyP95: '_ms',
  latencyP99: '_ms',
  ttftP50: '_ms',
  ttftP95: '_ms',
  ttftP99: '_ms',
};

/** RFC 4180: one row for each bucket, its beginning in UTC; an empty field is a gap. */
export function csvOf(series: MetricSeries): string {
  const own = series.currency ?? 'unknown';
  const head = [
    'time',
    ...COLUMNS.map((name) =>
      name === 'api' ? `api_${series.apiCurrency ?? 'unknown'}` : `${name}${UNITS[name] ?? ''}`,
    ),
    ...['electricity', 'hardware'].flatMap((name) => [`${name}_low_${own}`, `${name}_high_${own}`]),
    ...series.services.flatMap(({ name }) => [`${name}_cores`, `${name}_memory_bytes`]),
  ];
  const rows = series.points.map((point, at) => [
    new Date(point.t).toISOString(),
    ...COLUMNS.map((name) => point[name]),
    point.electricity?.low ?? null,
    point.electricity?.high ?? null,
    point.hardware?.low ?? null,
    point.hardware?.high ?? null,
    ...series.services.flatMap(({ cores, memoryBytes }) => [cores[at] ?? null, memoryBytes[at] ?? null]),
  ]);
  return [head, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** What begins like a formula would be run by a spreadsheet: names of services are the user's, so it is quoted as text. */
function field(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const SHARPNESS = 2;

/** A drawn chart on the page's own ground, twice as fine as on the screen. Rejects when the browser can't draw it. */
export async function pictureOf(svg: SVGSVGElement): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.style.fontFamily = getComputedStyle(svg).fontFamily;
  const image = new Image();
  // A picture has no style sheet: our colours go with it as they are now.
  image.src = `data:image/svg+xml,${encodeURIComponent(withColours(new XMLSerializer().serializeToString(copy)))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * SHARPNESS;
  canvas.height = height * SHARPNESS;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser draws no pictures.');
  context.scale(SHARPNESS, SHARPNESS);
  context.fillStyle = colour('--surface');
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => (blob === null ? reject(new Error('The picture could not be made.')) : resolve(blob)),
      'image/png',
    );
  });
}

function withColours(text: string): string {
  return text.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => colour(name));
}

/** The custom property in the theme that is shown: `light-dark()` is resolved by giving it to an element. */
function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}
