/** Text into markup. */
const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function esc(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');
}

/** Made when it is first needed: the first of a process reads the world's calendars for 25 ms. */
let exact: Intl.DateTimeFormat | undefined;

function exactTime(at: number): string {
  exact ??= new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  });
  return exact.format(at);
}

/** Exact and in UTC, for who reads without script; `kind` tells the script how to say it better. */
export function time(at: number, kind: 'at' | 'since' | 'until', id = ''): string {
  const named = id === '' ? '' : ` id="${id}"`;
  const words = `${kind === 'since' ? 'since ' : ''}${exactTime(at)} UTC`;
  return `<time${named} datetime="${new Date(at).toISOString()}" data-${kind}="${at}">${words}</time>`;
}
