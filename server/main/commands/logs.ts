import type { Command } from 'commander';
import { TAIL_DEFAULT, TAIL_MAX } from '../../schemas/logs.ts';
import { say, withClient } from '../act.ts';
import { parseTail, withHome, type LabFlags } from '../flags.ts';

export function logsCommand(cli: Command): void {
  withHome(cli.command('logs').description('what the services write: of one, or of all by time'))
    .argument('[service]', 'one service; an unknown name is answered with those there are')
    .option('-f, --follow', 'go on as lines come, until Ctrl-C', false)
    .option('--tail <number>', `how many of the last lines, 0 to ${TAIL_MAX}`, parseTail, TAIL_DEFAULT)
    .option('--engine <engine>', 'auto, docker or embedded')
    .option('-o, --output <format>', 'table, or json: one object a line', 'table')
    .action(async (service: string | undefined, flags: LabFlags & { follow: boolean; tail: number }) => {
      const { logFormat, logs, stdoutUntil } = await import('../logs.ts');
      const format = logFormat(flags.output);
      const abort = new AbortController();
      process.once('SIGINT', () => {
        if (flags.follow) process.exitCode = 130;
        abort.abort();
      });
      const { follow, tail } = flags;
      const write = stdoutUntil(abort);
      await withClient(flags, (client) =>
        logs(client, { service, follow, tail, format, signal: abort.signal, write, say }),
      );
    });
}
