import type { Command } from 'commander';
import { withClient } from '../act.ts';
import { withLab, type LabFlags } from '../flags.ts';
import { doctorTable, parseFormat, print } from '../print.ts';

export function doctorCommand(cli: Command): void {
  withLab(cli.command('doctor').description('look at everything an `up` needs, and change nothing')).action(
    async (flags: LabFlags) => {
      const format = parseFormat(flags.output);
      await withClient(flags, async (client) => {
        const report = await client.doctor();
        print(report, format, () => doctorTable(report));
        if (report.overall === 'unhealthy') process.exitCode = 1;
      });
    },
  );
}
