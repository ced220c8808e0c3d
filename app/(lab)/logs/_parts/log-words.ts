/** What is said of a log that is silent, or begins in the middle. */

import { serviceName } from '../../../_lib/words.ts';

/** For an empty log: why, and whether starting the lab is the next step. */
export function emptyWords(service: string, running: boolean): { message: string; start: boolean } {
  if (service === 'supervisor' || service === 'embeddings-supervisor')
    return {
      message: 'The supervisor has written nothing: it does so only when something goes wrong with it.',
      start: false,
    };
  const who = service === 'model' ? 'The model' : serviceName(service);
  return running
    ? { message: `${who} has written nothing yet. What it writes shows up here.`, start: false }
    : {
        message: `${who} has written nothing yet. Start the lab, and what it writes shows up here.`,
        start: true,
      };
}

/** Over the first line that is shown. */
export function earlierWords(service: string): string {
  return `There may be earlier lines: \`ailab-web logs ${service} --tail 5000\``;
}
