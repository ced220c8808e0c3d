/** The command line. Exit 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
import { Command, CommanderError } from 'commander';
import { isAbort, isLabError } from '../lib/errors.ts';
import { VERSION } from '../lib/version.ts';
import { chatCommand } from './commands/chat.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { hooksCommand } from './commands/hooks.ts';
import { lockCommand } from './commands/lock.ts';
import { logsCommand } from './commands/logs.ts';
import { modelsCommand } from './commands/models.ts';
import { openCommand } from './commands/open.ts';
import { planCommand } from './commands/plan.ts';
import { pullCommand } from './commands/pull.ts';
import { purgeCommand } from './commands/purge.ts';
import { serveCommand } from './commands/serve.ts';
import { shareCommand } from './commands/share.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { printError } from './print.ts';

const COMMANDS = [
  serveCommand,
  openCommand,
  planCommand,
  upCommand,
  downCommand,
  statusCommand,
  modelsCommand,
  pullCommand,
  doctorCommand,
  lockCommand,
  logsCommand,
  hooksCommand,
  chatCommand,
  shareCommand,
  purgeCommand,
];

export async function main(args: string[]): Promise<void> {
  try {
    await createCli().parseAsync(args, { from: 'user' });
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof CommanderError || process.exitCode === 130) return;
    printError(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isAbort(error)) return 130;
  return isLabError(error) && error.code === 'usage' ? 2 : 1;
}

/** Also what docs/cli.md is made from. */
export function createCli(): Command {
  const cli = new Command('ailab-web')
    .description(
      'A local GenAI lab: a model that answers, the stack around it, and a dashboard that tells the truth.',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError();

  for (const command of COMMANDS) command(cli);
  return cli;
}
