import type { Command } from 'commander';
import { act } from '../act.ts';
import { overridesOf, withLab, type LabFlags } from '../flags.ts';

export function upCommand(cli: Command): void {
  withLab(cli.command('up').description('bring the lab up and wait until the model has answered'))
    .option(
      '--starter',
      'fetch the starter model (SmolLM2-135M-Instruct, Apache-2.0, at most 105 MB) when none is configured',
      false,
    )
    .option('--locked', 'exactly what the lock says, or nothing: every mismatch is named', false)
    .option('--yes', 'do not ask about commands of hooks that are new or have changed', false)
    .action(async (flags: LabFlags & { starter: boolean; locked: boolean; yes: boolean }) => {
      const { onceConfirmed } = await import('../hooks.ts');
      const locked = flags.locked ? { locked: true } : {};
      const input = { starter: flags.starter, ...locked, ...overridesOf(flags) };
      await act(flags, (client) => onceConfirmed(client, flags.yes, () => client.up(input)));
    });
}
