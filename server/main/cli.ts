/** The command line. Exit 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { isAbort, isLabError, LabError } from '../lib/errors.ts';
import { expandTilde, locateHome, type Home } from '../lib/home.ts';
import { VERSION } from '../lib/version.ts';
import type { Activity } from '../schemas/activity.ts';
import { configOverrides, type ConfigOverrides } from '../schemas/config.ts';
import { TAIL_DEFAULT, TAIL_MAX } from '../schemas/logs.ts';
import type { LabClient } from './lab-client.ts';
import { locateProgram } from './paths.ts';
import { doctorTable, parseFormat, print, printError, statusTable } from './print.ts';

interface HomeFlags {
  home?: string;
}

interface LabFlags extends HomeFlags {
  engine?: string;
  profile?: string;
  modelId?: string;
  modelPath?: string;
  output: string;
}

const env = process.env;
const program = locateProgram();

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

function createCli(): Command {
  const cli = new Command('ailab-web')
    .description(
      'A local GenAI lab: a model that answers, the stack around it, and a dashboard that tells the truth.',
    )
    .version(VERSION)
    .exitOverride()
    .showHelpAfterError();

  withHome(cli.command('serve', { isDefault: true }).description('start the dashboard (the default command)'))
    .option('--port <number>', 'port of the dashboard; without it 3000, or the next free one', parsePort)
    .option('--no-open', 'do not open the browser')
    .action(async (flags: HomeFlags & { port?: number; open: boolean }) => {
      const { serve } = await import('./serve.ts');
      const port = flags.port === undefined ? {} : { port: flags.port };
      const code = await serve({ home: homeOf(flags), env, program, ...port, open: flags.open, out });
      // Next and keep-alive sockets hold the event loop; everything of ours is closed by now.
      process.exit(code);
    });

  withHome(cli.command('open').description('print a fresh login link for the running dashboard, and open it'))
    .option('--no-open', 'print the link only')
    .action(async (flags: HomeFlags & { open: boolean }) => {
      const [{ readServerFile }, { connect }, { openBrowser }] = await Promise.all([
        import('./server-file.ts'),
        import('./remote.ts'),
        import('./browser.ts'),
      ]);
      const home = homeOf(flags);
      const server = readServerFile(home);
      if (server === undefined) throw notServing();
      const { url } = await connect(server).access.loginLink.mutate();
      process.stdout.write(`${url}\n`);
      if (flags.open) await openBrowser(url, home, env);
    });

  withLab(cli.command('up').description('bring the lab up and wait until the model has answered'))
    .option(
      '--starter',
      'fetch the starter model (SmolLM2-135M-Instruct, Apache-2.0, about 93 MB) when none is configured',
      false,
    )
    .action((flags: LabFlags & { starter: boolean }) =>
      act(flags, (client) => client.up({ starter: flags.starter, ...overridesOf(flags) })),
    );

  withLab(cli.command('down').description('stop the lab; weights, tools and conversations stay'))
    .option('--volumes', "delete the stack's volumes, and with them its data; asks first", false)
    .option('--yes', 'do not ask', false)
    .action(async (flags: LabFlags & { volumes: boolean; yes: boolean }) => {
      if (flags.volumes && !flags.yes) {
        const { confirm } = await import('./confirm.ts');
        await confirm("Delete the volumes of this lab's services, with the data in them?", '--yes');
      }
      await act(flags, (client) => client.down({ volumes: flags.volumes }));
    });

  withLab(
    cli.command('status').description('what is managed, missing or untracked, and how healthy it is'),
  ).action(async (flags: LabFlags) => {
    const format = parseFormat(flags.output);
    await withClient(flags, async (client) => {
      const status = await client.status();
      print(status, format, () => statusTable(status));
    });
  });

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

  withHome(cli.command('logs').description('what the services write: of one, or of all by time'))
    .argument('[service]', 'one service; an unknown name is answered with those there are')
    .option('-f, --follow', 'go on as lines come, until Ctrl-C', false)
    .option('--tail <number>', `how many of the last lines, 0 to ${TAIL_MAX}`, parseTail, TAIL_DEFAULT)
    .option('--engine <engine>', 'auto, docker or embedded')
    .option('-o, --output <format>', 'table, or json: one object a line', 'table')
    .action(async (service: string | undefined, flags: LabFlags & { follow: boolean; tail: number }) => {
      const { logFormat, logs, stdoutUntil } = await import('./logs.ts');
      const format = logFormat(flags.output);
      const abort = new AbortController();
      process.once('SIGINT', () => {
        if (flags.follow) process.exitCode = 130;
        abort.abort();
      });
      const { follow, tail } = flags;
      const write = stdoutUntil(abort);
      await withClient(flags, (client) =>
        logs(client, { service, follow, tail, format, signal: abort.signal, write, say }),
      );
    });

  withHome(cli.command('chat').description('ask the model one question; the answer streams to the terminal'))
    .argument('<text>', 'the question')
    .option('--temperature <number>', 'sampling temperature, 0 to 2', parseNumber(0, 2))
    .option('--max-tokens <number>', 'longest answer in tokens', parseNumber(1, 1_000_000))
    .action(async (text: string, flags: HomeFlags & { temperature?: number; maxTokens?: number }) => {
      const { chat } = await import('./chat.ts');
      const abort = new AbortController();
      process.once('SIGINT', () => abort.abort());
      await withClient({ ...flags, output: 'table' }, (client) =>
        chat(client, {
          text,
          ...(flags.temperature === undefined ? {} : { temperature: flags.temperature }),
          ...(flags.maxTokens === undefined ? {} : { maxTokens: flags.maxTokens }),
          write: (piece) => void process.stdout.write(piece),
          signal: abort.signal,
        }),
      );
    });
  return cli;
}

/** Starts an activity, follows it to its end, and says how it ended. */
async function act(flags: LabFlags, start: (client: LabClient) => Promise<Activity>): Promise<void> {
  const format = parseFormat(flags.output);
  const { follow } = await import('./follow.ts');
  await withClient(flags, async (client) => {
    const activity = await follow(client, await start(client), {
      write: say,
      terminal: process.stderr.isTTY,
    });
    if (format !== 'table') print(activity, format, () => '');
    if (activity.state === 'cancelled') {
      say(`${activity.outcome ?? 'Cancelled.'}\n`);
      process.exitCode = 130;
    } else if (activity.state !== 'done') {
      const error = activity.error ?? {
        code: activity.state,
        message: activity.outcome ?? 'It did not end well.',
        fix: '',
      };
      throw new LabError(error);
    } else if (format === 'table') {
      out(activity.outcome ?? 'Done.');
    }
  });
}

async function withClient(flags: LabFlags, work: (client: LabClient) => Promise<void>): Promise<void> {
  const { openLab } = await import('./lab-client.ts');
  const client = openLab({ home: homeOf(flags), env: { ...env, ...environmentOf(flags) }, program });
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

function withHome(command: Command): Command {
  return command.option(
    '--home <folder>',
    'home of the lab; without it $AILAB_HOME, else the data folder of ailab-web',
  );
}

function withLab(command: Command): Command {
  return withHome(command)
    .option('--engine <engine>', 'auto, docker or embedded')
    .option('--profile <profile>', 'default (CPU) or gpu')
    .option('--model-id <id>', 'a GGUF repository: org/name[:quant-or-file][@revision]')
    .option('--model-path <path>', 'a .gguf file, or a folder holding one')
    .option('-o, --output <format>', 'table, json or yaml', 'table');
}

function homeOf(flags: HomeFlags): Home {
  return locateHome(flags.home, env);
}

/** Flags as overrides; a path is made absolute here, because the server has another working folder. */
function overridesOf(flags: LabFlags): { overrides?: ConfigOverrides } {
  const { engine, profile, modelId, modelPath } = flags;
  const given = {
    ...(engine === undefined ? {} : { engine }),
    ...(profile === undefined ? {} : { profile }),
    ...(modelId === undefined ? {} : { model_id: modelId }),
    ...(modelPath === undefined ? {} : { model_path: resolve(expandTilde(modelPath)) }),
  };
  if (Object.keys(given).length === 0) return {};
  const parsed = configOverrides.safeParse(given);
  if (parsed.success) return { overrides: parsed.data };
  const issue = parsed.error.issues[0];
  throw new LabError({
    code: 'usage',
    message: `--${String(issue?.path[0]).replace('_', '-')}: ${issue?.message ?? 'not valid'}`,
    fix: 'See `ailab-web up --help`.',
    status: 400,
  });
}

/** The commands that only look take their flags the same way as the environment does. */
function environmentOf(flags: LabFlags): Record<string, string> {
  const { overrides } = overridesOf(flags);
  return {
    ...(overrides?.engine === undefined ? {} : { AILAB_ENGINE: overrides.engine }),
    ...(overrides?.profile === undefined ? {} : { AILAB_PROFILE: overrides.profile }),
    ...(overrides?.model_id === undefined ? {} : { MODEL_ID: overrides.model_id, MODEL_PATH: '' }),
    ...(overrides?.model_path === undefined ? {} : { MODEL_PATH: overrides.model_path }),
  };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 1 to 65535.');
}

function parseTail(text: string): number {
  const tail = parseNumber(0, TAIL_MAX)(text);
  if (Number.isInteger(tail)) return tail;
  throw new InvalidArgumentError('It must be a whole number.');
}

function parseNumber(min: number, max: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a number from ${min} to ${max}.`);
  };
}

function notServing(): LabError {
  return new LabError({
    code: 'server_not_running',
    message: 'No ailab-web server is running for this home.',
    fix: 'Start it with `ailab-web` (or `npm start` in a clone).',
  });
}

function say(text: string): void {
  process.stderr.write(text);
}

function out(line: string): void {
  process.stdout.write(`${line}\n`);
}
