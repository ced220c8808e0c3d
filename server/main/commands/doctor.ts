import type { Command } from 'commander';
import { withClient } from '../act.ts';
import { withLab, type LabFlags } from '../flags.ts';
import { doctorTable, parseFormat, print } from '../print.ts';

interface DoctorFlags extends LabFlags {
  bundle?: string;
  yes?: boolean;
}

export function doctorCommand(cli: Command): void {
  withLab(cli.command('doctor').description('look at everything an `up` needs, and change nothing'))
    .option('--bundle <file>', 'show a redacted text for those who help, then save it; - for standard output')
    .option('--yes', 'save the bundle without being asked')
    .action(async (flags: DoctorFlags) => {
      const format = parseFormat(flags.output);
      const { bundle, yes = false } = flags;
      await withClient(flags, async (client) => {
        if (bundle !== undefined) {
          const { saveBundle } = await import('../support-bundle.ts');
          await saveBundle(await client.support(), bundle, yes);
          return;
        }
        const report = await client.doctor();
        print(report, format, () => doctorTable(report));
        if (report.overall === 'unhealthy') process.exitCode = 1;
      });
    });
}
