import type { Command } from 'commander';
import { LabError } from '../../lib/errors.ts';
import { env, homeOf, withHome, type HomeFlags } from '../flags.ts';

export function openCommand(cli: Command): void {
  withHome(cli.command('open').description('print a fresh login link for the running dashboard, and open it'))
    .option('--no-open', 'print the link only')
    .action(async (flags: HomeFlags & { open: boolean }) => {
      const [{ readServerFile }, { connect }, { openBrowser }] = await Promise.all([
        import('../server-file.ts'),
        import('../remote.ts'),
        import('../browser.ts'),
      ]);
      const home = homeOf(flags);
      const server = readServerFile(home);
      if (server === undefined) throw notServing();
      const { url } = await connect(server).access.loginLink.mutate();
      process.stdout.write(`${url}\n`);
      if (flags.open) await openBrowser(url, home, env);
    });
}

function notServing(): LabError {
  return new LabError({
    code: 'server_not_running',
    message: 'No ailab-web server is running for this home.',
    fix: 'Start it with `ailab-web` (or `npm start` in a clone).',
  });
}
