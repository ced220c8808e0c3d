/** docs/cli.md, from the commands as the program itself registers them. */
import type { Argument, Command, Option } from 'commander';
import { createCli } from '../../server/main/cli.ts';
import { cell, GENERATED } from './markdown.ts';

export function cliReference(): string {
  const cli = createCli();
  const parts = cli.commands.flatMap((command) => describe(command, []));
  return [
    GENERATED,
    '# Command line',
    'Every command and flag of `ailab-web`, as `ailab-web <command> --help` tells them. In a clone it is `node server/bin/ailab-web.mjs`.',
    `Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. An error names its code, what happened, and the next step: [troubleshooting](troubleshooting.md).`,
    cli.commands.map(summary).join('\n'),
    ...parts,
    '',
  ].join('\n\n');
}

function summary(command: Command): string {
  return `- [\`${command.name()}\`](#${anchor(command.name())}): ${command.description()}`;
}

function describe(command: Command, parents: string[]): string[] {
  const path = [...parents, command.name()];
  const own = [
    `${'#'.repeat(path.length + 1)} ${path.join(' ')}`,
    `${sentence(command.description())}`,
    `\`\`\`\nailab-web ${path.join(' ')}${usage(command)}\n\`\`\``,
  ];
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  if (rows.length > 0) own.push(['| | | default |', '|---|---|---|', ...rows].join('\n'));
  return [...own, ...command.commands.flatMap((one) => describe(one, path))];
}

function usage(command: Command): string {
  const words = command.registeredArguments.map((one) => {
    const name = `${one.name()}${one.variadic ? '...' : ''}`;
    return one.required ? ` <${name}>` : ` [${name}]`;
  });
  return [
    ...words,
    ...(command.options.length > 0 ? [' [options]'] : []),
    ...(command.commands.length > 0 ? [' [command]'] : []),
  ].join('');
}

function argumentRow(argument: Argument): string {
  return `| \`${argument.name()}\` | ${cell(argument.description)} | ${byDefault(argument.defaultValue)} |`;
}

function optionRow(option: Option): string {
  return `| \`${option.flags}\` | ${cell(option.description)} | ${byDefault(option.defaultValue)} |`;
}

function byDefault(value: unknown): string {
  return value === undefined || value === false || value === true ? '' : `\`${String(value)}\``;
}

const anchor = (name: string): string => name.toLowerCase();
const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
