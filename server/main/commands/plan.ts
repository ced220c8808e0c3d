import type { Command } from 'commander';
import { withClient } from '../act.ts';
import { overridesOf, withLab, type LabFlags } from '../flags.ts';
import { planTable } from '../plan-table.ts';
import { parseFormat, print } from '../print.ts';

export function planCommand(cli: Command): void {
  withLab(cli.command('plan').description('what `up` would do; changes nothing and runs no hook'))
    .option('--starter', 'plan with the starter model when none is configured', false)
    .option('--locked', 'plan for exactly what the lock says; every mismatch is named', false)
    .action(async (flags: LabFlags & { starter: boolean; locked: boolean }) => {
      const format = parseFormat(flags.output);
      await withClient(flags, async (client) => {
        const plan = await client.plan({
          starter: flags.starter,
          ...(flags.locked ? { locked: true } : {}),
          ...overridesOf(flags),
        });
        print(plan, format, () => planTable(plan));
        if (!plan.possible) process.exitCode = 1;
      });
    });
}
