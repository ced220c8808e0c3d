import type { Command } from 'commander';
import { env, homeOf, parsePort, program, withHome, type HomeFlags } from '../flags.ts';
import { out } from '../act.ts';

export function serveCommand(cli: Command): void {
  withHome(cli.command('serve', { isDefault: true }).description('start the dashboard (the default command)'))
    .option('--port <number>', 'port of the dashboard; without it 3000, or the next free one', parsePort)
    .option('--no-open', 'do not open the browser')
    .action(async (flags: HomeFlags & { port?: number; open: boolean }) => {
      const { serve } = await import('../serve.ts');
      const port = flags.port === undefined ? {} : { port: flags.port };
      const code = await serve({ home: homeOf(flags), env, program, ...port, open: flags.open, out });
      // Next and keep-alive sockets hold the event loop; everything of ours is closed by now.
      process.exit(code);
    });
}
