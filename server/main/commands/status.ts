import type { Command } from 'commander';
import { withClient } from '../act.ts';
import { withLab, type LabFlags } from '../flags.ts';
import { parseFormat, print, statusTable } from '../print.ts';
import { exposureLine } from '../print-share.ts';

export function statusCommand(cli: Command): void {
  withLab(
    cli.command('status').description('what is managed, missing or untracked, and how healthy it is'),
  ).action(async (flags: LabFlags) => {
    const format = parseFormat(flags.output);
    await withClient(flags, async (client) => {
      const [status, { sharing }] = await Promise.all([client.status(), client.share.list()]);
      print(status, format, () => `${statusTable(status)}\n${exposureLine(status, sharing)}`);
    });
  });
}
