import type { Command } from 'commander';
import { act } from '../act.ts';
import { withHome, type LabFlags } from '../flags.ts';

export function pullCommand(cli: Command): void {
  withHome(
    cli
      .command('pull')
      .description(
        'download a GGUF model from the Hugging Face Hub into its standard cache; goes on where it was broken off',
      ),
  )
    .argument('<id>', 'org/name[:quant-or-file][@revision]')
    .option('-o, --output <format>', 'table, json or yaml', 'table')
    .action((id: string, flags: LabFlags) => act(flags, (client) => client.pull({ id })));
}
