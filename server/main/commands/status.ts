import type { Command } from 'commander';
import { exposureLine } from '../print-share.ts';
import { isLabError } from '../../lib/errors.ts';
import { say, withClient } from '../act.ts';
import { env, environmentOf, homeOf, program, withLab, type LabFlags } from '../flags.ts';
import { parseFormat, print, printError, statusTable } from '../print.ts';

export function statusCommand(cli: Command): void {
  withLab(
    cli.command('status').description('what is managed, missing or untracked, and how healthy it is'),
  ).action(async (flags: LabFlags) => {
    const format = parseFormat(flags.output);
    try {
      await withClient(flags, async (client) => {
        const [status, { sharing }] = await Promise.all([client.status(), client.share.list()]);
        print(status, format, () => `${statusTable(status)}\n${exposureLine(status, sharing)}`);
      });
    } catch (error) {
      if (!isLabError(error) || error.code !== 'disk_full') throw error;
      const { statusWithoutDatabase } = await import('../../engine/status-without-database.ts');
      const parts = { home: homeOf(flags), env: { ...env, ...environmentOf(flags) }, program };
      const status = await statusWithoutDatabase(parts, new AbortController().signal);
      print(status, format, () => statusTable(status));
      printError(error);
      say('Without the database the lock, the record and drift that you let be are not told.\n');
    }
  });
}
