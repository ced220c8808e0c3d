/** How commands reach the lab, follow what they started, and write. */
import { LabError } from '../lib/errors.ts';
import type { Activity } from '../schemas/activity.ts';
import { env, environmentOf, homeOf, program, type LabFlags } from './flags.ts';
import { explainedWords } from './explained-words.ts';
import type { LabClient } from './lab-client.ts';
import { parseFormat, print } from './print.ts';

/** Starts an activity, follows it to its end, and says how it ended. */
export async function act(flags: LabFlags, start: (client: LabClient) => Promise<Activity>): Promise<void> {
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
      throw new LabError({ ...error, ...explainedWords(error) });
    } else if (format === 'table') {
      out(activity.outcome ?? 'Done.');
    }
  });
}

export async function withClient(flags: LabFlags, work: (client: LabClient) => Promise<void>): Promise<void> {
  const { openLab } = await import('./lab-client.ts');
  const client = openLab({ home: homeOf(flags), env: { ...env, ...environmentOf(flags) }, program });
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

export function say(text: string): void {
  process.stderr.write(text);
}

export function out(line: string): void {
  process.stdout.write(`${line}\n`);
}
