import type { Command } from 'commander';
import { out, say } from '../act.ts';
import { env, homeOf, program, withHome, type HomeFlags } from '../flags.ts';

export function purgeCommand(cli: Command): void {
  withHome(
    cli.command('purge').description('take the whole lab away: what runs, its volumes, its home; asks first'),
  )
    .option('--yes', 'do not ask', false)
    .action(async (flags: HomeFlags & { yes: boolean }) => {
      const { endServer, lookAtPurge, purge } = await import('../../engine/purge.ts');
      const { readServerFile } = await import('../server-file.ts');
      const { purgeQuestion, purgeStays } = await import('../purge-words.ts');
      const home = homeOf(flags);
      const parts = { home, env, program };
      const view = await lookAtPurge(parts);
      const server = readServerFile(home);
      if (view.entries.length === 0) {
        out(`There is no lab in ${home.root}.`);
        return;
      }
      say(await purgeQuestion(home, env, view, server?.pid));
      if (!flags.yes) {
        const { confirm } = await import('../confirm.ts');
        await confirm('Remove all of it?', '--yes');
      }
      if (server !== undefined) await endServer(server.pid, () => readServerFile(home) === undefined);
      out(purgeStays(home, await purge(parts)));
    });
}
