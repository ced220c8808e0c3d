/** What `share` and `status` print of who can reach the lab. */
import { formatExact, formatRelative, plural } from '../schemas/format.ts';
import type { LabStatus } from '../schemas/lab.ts';
import type { ShareInfo, ShareList, Sharing } from '../schemas/share.ts';
import { exposureWords, listeningOf } from '../schemas/share-words.ts';
import { columns } from './print.ts';

/** What listens where, in one line. */
export function exposureLine(status: Pick<LabStatus, 'managed_items'>, sharing: Sharing): string {
  const listening = listeningOf(status, sharing);
  const ports = listening
    .filter(({ reach }) => reach === 'machine')
    .map(({ what, port }) => `${what} ${port}`);
  const here = ports.length === 0 ? '' : ` On this machine only: ${ports.join(', ')}.`;
  return `Exposure: ${exposureWords(sharing, listening)}${here}`;
}

export function shareTable({ shares, sharing }: ShareList, now: number): string {
  const rows = shares.map((share) => [
    share.id,
    share.lan ? 'network' : 'this machine',
    formatRelative(share.expiresAt, now),
    String(share.viewers),
    share.urls[0] ?? `${share.prefix}… (made before the server was started anew)`,
  ]);
  return [
    ...(rows.length === 0
      ? ['Nothing is shared. `ailab-web share` makes a link.']
      : columns(['ID', 'FOR', 'ENDS', 'VIEWERS', 'LINK'], rows)),
    ...(sharing.dashboardPort === null && rows.length > 0
      ? ['No ailab-web server runs: the links answer again when it does.']
      : []),
    ...(sharing.lan === null ? [] : [exposureWords(sharing, [])]),
  ].join('\n');
}

/** The link, its code for a phone's camera, and when it ends. */
export async function freshShare(share: ShareInfo, now: number, terminal: boolean): Promise<string> {
  const [url = '', ...others] = share.urls;
  const lines = [
    url,
    '',
    await qrCode(url, terminal),
    '',
    `Ends ${formatRelative(share.expiresAt, now)} (${formatExact(share.expiresAt)}); \`ailab-web share revoke ${share.id}\` ends it now.`,
  ];
  if (!share.lan)
    return [...lines, 'It works on this machine only; `--lan` opens it to your network.'].join('\n');
  return [
    ...lines,
    'Who has the link and is in your network can read that page, and nothing else. It is not encrypted on the way.',
    ...(others.length === 0
      ? []
      : [`${plural(others.length, 'other address', 'other addresses')}: ${others.join('  ')}`]),
  ].join('\n');
}

/** Half blocks, two rows a line; the blocks are the light part. On a terminal they are white on black, whatever its theme. */
async function qrCode(text: string, terminal: boolean): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr');
  const code = renderUnicodeCompact(text, { border: 2 });
  if (!terminal) return code;
  const wide = Math.max(...code.split('\n').map(({ length }) => length));
  return code
    .split('\n')
    .map((line) => `\u001b[38;5;231;48;5;16m${line.padEnd(wide)}\u001b[0m`)
    .join('\n');
}
