import { createInterface } from 'node:readline/promises';
import { LabError } from '../lib/errors.ts';

/** Asks in the terminal; without one, or with another answer than yes, it is a named error and nothing is done. */
export async function confirm(question: string, flag: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new LabError({
      code: 'not_confirmed',
      message: 'This has to be confirmed, and there is no terminal to ask in.',
      fix: `Run the same command with ${flag}.`,
      status: 400,
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(`${question} [y/N] `)).trim().toLowerCase();
    if (answer === 'y' || answer === 'yes') return;
  } finally {
    terminal.close();
  }
  throw new LabError({
    code: 'not_confirmed',
    message: 'Nothing was done.',
    fix: 'Answer y to do it.',
    status: 400,
  });
}
