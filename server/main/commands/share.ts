import type { Command } from 'commander';
import { resolve } from 'node:path';
import { LabError } from '../../lib/errors.ts';
import { parseDuration } from '../../schemas/duration.ts';
import { createShareInput, SHARE_MAX_MS, SHARE_MIN_MS, type ShareInfo } from '../../schemas/share.ts';
import { out, say, withClient } from '../act.ts';
import { parsePort, withHome, type LabFlags } from '../flags.ts';
import type { LabClient } from '../lab-client.ts';
import { parseFormat, print } from '../print.ts';
import { freshShare, shareTable } from '../print-share.ts';

interface CreateFlags extends LabFlags {
  for: string;
  lan: boolean;
  lanPort?: number;
  snapshot?: string;
  force: boolean;
}

const output = (command: Command): Command =>
  withHome(command).option('-o, --output <format>', 'table, json or yaml', 'table');

export function shareCommand(cli: Command): void {
  const share = output(
    cli.command('share').description('a link to a read-only status page, which ends by itself'),
  )
    .option('--for <duration>', 'how long it lives, as 30m, 24h or 7d', '24h')
    .option(
      '--lan',
      'for other machines of your network too: opens that page, and nothing else, on its own port',
    )
    .option('--lan-port <port>', 'that port; without it the first free one from 3080', parsePort)
    .option('--snapshot <file>', 'no link: one HTML file to keep, as the lab is now')
    .option('--force', 'write over a file that is there', false)
    .action((flags: CreateFlags) =>
      flags.snapshot === undefined ? create(flags) : snapshot(flags, flags.snapshot),
    );
  output(
    share.command('list').description('the links that are valid, and what is open to your network'),
  ).action((_flags: LabFlags, command: Command) => {
    const flags = command.optsWithGlobals<LabFlags>();
    return withClient(flags, async (client) => {
      const format = parseFormat(flags.output);
      const list = await client.share.list();
      print(list, format, () => shareTable(list, Date.now()));
    });
  });
  withHome(share.command('revoke').description('end links now'))
    .argument('[id]', 'the first column of `share list`, or the start of the link’s last part')
    .option('--all', 'all of them', false)
    .action((id: string | undefined, flags: { all: boolean }, command: Command) =>
      withClient(command.optsWithGlobals<LabFlags>(), (client) => revoke(client, id, flags.all)),
    );
}

function create(flags: CreateFlags): Promise<void> {
  return withClient(flags, async (client) => {
    const format = parseFormat(flags.output);
    const { lan = false, lanPort } = flags;
    const parsed = createShareInput.safeParse({
      forMs: lifetime(flags.for),
      lan: lan || lanPort !== undefined,
      ...(lanPort === undefined ? {} : { lanPort }),
    });
    if (!parsed.success)
      throw usage(parsed.error.issues[0]?.message ?? 'not valid', 'See `ailab-web share --help`.');
    const made = await client.share.create(parsed.data);
    const text = format === 'table' ? await freshShare(made, Date.now(), process.stdout.isTTY) : '';
    print(made, format, () => text);
  });
}

function snapshot(flags: CreateFlags, file: string): Promise<void> {
  return withClient(flags, async (client) => {
    const { expandTilde } = await import('../../lib/home.ts');
    const { writeKeptFile } = await import('../kept-file.ts');
    const { html, takenAt } = await client.share.snapshot();
    const path = resolve(expandTilde(file));
    writeKeptFile(path, html, flags.force);
    if (parseFormat(flags.output) === 'table') out(`The lab as it is now is in ${path}.`);
    else print({ path, takenAt, bytes: Buffer.byteLength(html) }, parseFormat(flags.output), () => '');
  });
}

async function revoke(client: LabClient, id: string | undefined, all: boolean): Promise<void> {
  if ((id === undefined) === !all) throw usage('Name one share, or --all.', 'See `ailab-web share list`.');
  const { shares } = await client.share.list();
  const ended = id === undefined ? shares : [find(shares, id)];
  for (const share of ended) await client.share.revoke(share.id);
  if (ended.length === 0) say('Nothing is shared.\n');
  else out(ended.length === 1 ? 'The share has ended.' : `${ended.length} shares have ended.`);
}

function find(shares: readonly ShareInfo[], id: string): ShareInfo {
  const found = shares.filter((share) => share.id === id || (id.length >= 4 && share.prefix.startsWith(id)));
  const [share] = found;
  if (share !== undefined && found.length === 1) return share;
  throw new LabError({
    code: 'share_not_found',
    message: `There is no share ${id}.`,
    fix: 'Run `ailab-web share list` to see those that are valid.',
    status: 404,
  });
}

/** As Go writes durations, and whole days. */
function lifetime(text: string): number {
  const days = /^(\d{1,3})d$/.exec(text)?.[1];
  const ms = days === undefined ? parseDuration(text) : Number(days) * 86_400_000;
  if (ms !== undefined && ms >= SHARE_MIN_MS && ms <= SHARE_MAX_MS) return Math.round(ms);
  throw usage(`--for ${text}: it must be a duration from 1s to 30d.`, 'Write it as 30m, 24h or 7d.');
}

function usage(message: string, fix: string): LabError {
  return new LabError({ code: 'usage', message, fix, status: 400 });
}
