import type { Command } from 'commander';
import { LabError } from '../../lib/errors.ts';
import type { ModelEntry } from '../../schemas/inventory.ts';
import { out, say, withClient } from '../act.ts';
import { parseContext, withHome, type LabFlags } from '../flags.ts';
import type { LabClient } from '../lab-client.ts';
import { fitTable, modelsTable } from '../print-models.ts';
import { parseFormat, print } from '../print.ts';

const MODEL = 'its name or id, as `ailab-web models` shows it';
const output = (command: Command): Command =>
  withHome(command).option('-o, --output <format>', 'table, json or yaml', 'table');

export function modelsCommand(cli: Command): void {
  const models = output(
    cli
      .command('models')
      .description('the weights on this machine: what they are, their size, what deleting them would free'),
  ).action((flags: LabFlags) =>
    withClient(flags, async (client) => {
      const format = parseFormat(flags.output);
      const list = await client.models.list();
      print(list, format, () => modelsTable(list));
    }),
  );
  output(models.command('fit').description('memory that a model needs at a context, against what there is'))
    .argument('[model]', `${MODEL}; without one the configured model`)
    .option('--context-size <tokens>', 'instead of the configured one', parseContext)
    .action((name: string | undefined, flags: LabFlags & { contextSize?: number }, command: Command) =>
      withClient(flagsOf(command), async (client) => {
        const format = parseFormat(flagsOf(command).output);
        const id = name === undefined ? undefined : (await find(client, name)).id;
        const { contextSize } = flags;
        const report = await client.models.fit({
          ...(id === undefined ? {} : { id }),
          ...(contextSize === undefined ? {} : { contextSize }),
        });
        print(report, format, () => fitTable(report));
      }),
    );
  withHome(models.command('use').description("make a model the lab's, in ai-lab.yaml"))
    .argument('<model>', MODEL)
    .action((name: string, _flags: LabFlags, command: Command) =>
      withClient(flagsOf(command), async (client) => {
        const { id } = await find(client, name);
        const { key, value, restartNeeded } = await client.models.use({ id });
        out(`${key}: ${value}`);
        if (restartNeeded) say('The lab runs with another model until `ailab-web up`.\n');
      }),
    );
  withHome(models.command('rm').description('delete a model of the cache or of a configured folder; asks'))
    .argument('<model>', MODEL)
    .option('--yes', 'do not ask', false)
    .action((name: string, flags: LabFlags & { yes: boolean }, command: Command) =>
      withClient(flagsOf(command), async (client) => {
        const entry = await find(client, name);
        const { formatBytes } = await import('../../schemas/format.ts');
        if (!flags.yes) {
          const { confirm } = await import('../confirm.ts');
          await confirm(`Delete ${entry.path} (frees ${formatBytes(entry.freesBytes)})?`, '--yes');
        }
        const { title, freedBytes } = await client.models.remove({ id: entry.id });
        out(`${title} is deleted; ${formatBytes(freedBytes)} are free.`);
      }),
    );
}

/** A flag may stand before or after the word: commander gives it to whichever command knows it first. */
function flagsOf(command: Command): LabFlags {
  return command.optsWithGlobals<LabFlags>();
}

async function find(client: LabClient, name: string): Promise<ModelEntry> {
  const { entries } = await client.models.list();
  const exact = entries.filter((one) => [one.id, one.name, one.title, one.path].includes(name));
  const found =
    exact.length > 0 ? exact : entries.filter(({ id }) => name.length >= 4 && id.startsWith(name));
  const [entry] = found;
  if (entry !== undefined && found.length === 1) return entry;
  throw new LabError({
    code: found.length === 0 ? 'model_unknown' : 'model_ambiguous',
    message:
      found.length === 0
        ? `There is no model "${name}" on this machine.`
        : `"${name}" could be ${found.length} models.`,
    fix: 'Name one by its id, the first column of `ailab-web models`.',
    status: 404,
  });
}
