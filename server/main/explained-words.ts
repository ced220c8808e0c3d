/** A failure's explanation for a terminal: the sentence, the line that tells it, what to do or to change. */
import type { Activity } from '../schemas/activity.ts';

type Failure = NonNullable<Activity['error']>;

/** In place of message and fix; those as they are where nothing is known. */
export function explainedWords({ message, fix, explanation }: Failure): { message: string; fix: string } {
  if (explanation === undefined) return { message, fix };
  const { sentence, evidence, repair } = explanation;
  const lines = [
    sentence,
    ...(evidence === null ? [] : [`  Seen in ${evidence.source}: ${evidence.line}`]),
    ...(sentence === message ? [] : [`  In its own words: ${message}`]),
  ];
  const changes = (repair?.changes ?? []).map(({ key, value }) => `${key}: ${value}`);
  const or = changes.length === 0 ? '' : ` In ai-lab.yaml: \`${changes.join('`, `')}\`.`;
  return { message: lines.join('\n'), fix: `${explanation.fix}${or}` };
}
