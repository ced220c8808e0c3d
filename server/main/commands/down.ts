import type { Command } from 'commander';
import { act } from '../act.ts';
import { withLab, type LabFlags } from '../flags.ts';

export function downCommand(cli: Command): void {
  withLab(cli.command('down').description('stop the lab; weights, tools and conversations stay'))
    .option('--volumes', "delete the stack's volumes, and with them its data; asks first", false)
    .option('--yes', 'do not ask', false)
    .action(async (flags: LabFlags & { volumes: boolean; yes: boolean }) => {
      if (flags.volumes && !flags.yes) {
        const { confirm } = await import('../confirm.ts');
        await confirm("Delete the volumes of this lab's services, with the data in them?", '--yes');
      }
      await act(flags, (client) => client.down({ volumes: flags.volumes }));
    });
}
