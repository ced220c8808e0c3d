import type { Command } from 'commander';
import { withClient } from '../act.ts';
import { parseNumber, withHome, type HomeFlags } from '../flags.ts';

export function chatCommand(cli: Command): void {
  withHome(cli.command('chat').description('ask the model one question; the answer streams to the terminal'))
    .argument('<text>', 'the question')
    .option('--temperature <number>', 'sampling temperature, 0 to 2', parseNumber(0, 2))
    .option('--max-tokens <number>', 'longest answer in tokens', parseNumber(1, 1_000_000))
    .action(async (text: string, flags: HomeFlags & { temperature?: number; maxTokens?: number }) => {
      const { chat } = await import('../chat.ts');
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
}
