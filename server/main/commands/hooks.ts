import type { Command } from 'commander';
import { act, withClient } from '../act.ts';
import { withHome, type HomeFlags, type LabFlags } from '../flags.ts';
import { parseFormat, print } from '../print.ts';

export function hooksCommand(cli: Command): void {
  const hooks = cli.command('hooks').description('what runs before and after `up`, and how it went');
  withOutput(hooks.command('list', { isDefault: true }).description('all hooks with their last run')).action(
    async (flags: LabFlags) => {
      const format = parseFormat(flags.output);
      const { hooksTable } = await import('../hooks.ts');
      await withClient(flags, async ({ hooks }) => {
        const list = await hooks.list();
        print(list, format, () => hooksTable(list));
      });
    },
  );

  withOutput(
    hooks
      .command('show')
      .argument('<name>')
      .description('one hook, its last runs, and what the last one wrote'),
  ).action(async (name: string, flags: LabFlags) => {
    const format = parseFormat(flags.output);
    const { hookText, readHook } = await import('../hooks.ts');
    await withClient(flags, async (client) => {
      const shown = await readHook(client, name);
      print(shown, format, () => hookText(shown));
    });
  });

  withOutput(hooks.command('run').argument('<name>').description('run one hook now'))
    .option('--yes', 'do not ask about a command that is new or has changed', false)
    .action(async (name: string, flags: LabFlags & HomeFlags & { yes: boolean }) => {
      const { onceConfirmed } = await import('../hooks.ts');
      await act(flags, (client) => onceConfirmed(client, flags.yes, () => client.hooks.run(name), name));
    });
}

function withOutput(command: Command): Command {
  return withHome(command).option('-o, --output <format>', 'table, json or yaml', 'table');
}
