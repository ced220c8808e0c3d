import type { Command } from 'commander';
import { say, withClient } from '../act.ts';
import { withHome, withLab, type HomeFlags, type LabFlags } from '../flags.ts';
import { parseFormat, print } from '../print.ts';

/** `lock show|export|import|verify`: what was brought up, exactly enough to do it again. */
export function lockCommand(cli: Command): void {
  const lock = cli.command('lock').description('what was brought up, exactly enough to do it again');

  withLab(lock.command('show').description('the lock in force, in words')).action(async (flags: LabFlags) => {
    const format = parseFormat(flags.output);
    const { lockTable, requireLock } = await import('../lock-words.ts');
    await withClient(flags, async (client) => {
      const shown = requireLock(await client.lock.show());
      print(shown, format, () => lockTable(shown));
    });
  });

  withHome(lock.command('export').description('write the lock as YAML'))
    .argument('[file]', 'where to; without it, or as -, standard output', '-')
    .option('--force', 'over a file that is there', false)
    .action(async (file: string, flags: HomeFlags & { force: boolean }) => {
      const { writeLockFile } = await import('../lock-files.ts');
      await withClient({ ...flags, output: 'table' }, async (client) => {
        const { sha256, text } = await client.lock.export({});
        if (file === '-') process.stdout.write(text);
        else writeLockFile(file, text, flags.force);
        say(`Lock ${sha256.slice(0, 12)} exported${file === '-' ? '' : ` to ${file}`}.\n`);
      });
    });

  withLab(lock.command('import').description('make an exported lock (v1 or v2) the one in force'))
    .argument('<file>', 'an exported lock, or - for standard input')
    .action(async (file: string, flags: LabFlags) => {
      const format = parseFormat(flags.output);
      const { readLockFile } = await import('../lock-files.ts');
      const { importWords } = await import('../lock-words.ts');
      const input = await readLockFile(file);
      await withClient(flags, async (client) => {
        const done = await client.lock.import(input);
        print(done, format, () => importWords(done));
      });
    });

  withLab(
    lock.command('verify').description('compare the lock with what is there; exit 1 on a difference'),
  ).action(async (flags: LabFlags) => {
    const format = parseFormat(flags.output);
    const { verdictTable } = await import('../lock-words.ts');
    await withClient(flags, async (client) => {
      const verdict = await client.lock.verify();
      print(verdict, format, () => verdictTable(verdict));
      if (!verdict.clean) process.exitCode = 1;
    });
  });
}
