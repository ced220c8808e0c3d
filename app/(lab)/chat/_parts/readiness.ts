/** Can the model be asked now? If not, why, in words, and where to go. */
import { isModelServer } from '../../../../server/schemas/model-server.ts';
import { dockerAway } from '../../../_lib/docker.ts';
import type { Activity, LabOverview } from '../../../_lib/wire.ts';

export interface NotReady {
  reason: string;
  /** Does a visit to the Overview help? */
  start: boolean;
}

/** What keeps the model from answering, as its own item tells it. */
function whyNot({ status }: LabOverview): string {
  const model = status.managed_items.find(isModelServer);
  return model?.error === undefined
    ? 'The lab is in trouble, so the model cannot answer.'
    : `The model cannot answer. ${model.error}`;
}

/** Null when the model answers. */
export function notReady(
  lab: LabOverview | undefined,
  running: Activity | undefined,
  serverDown: boolean,
): NotReady | null {
  if (serverDown) return { reason: 'The ailab-web server does not answer.', start: false };
  if (lab === undefined) return { reason: 'Looking at the lab…', start: false };
  if (dockerAway(lab) !== null)
    return { reason: 'Docker can’t be used, so the model cannot answer.', start: false };
  if (running?.kind === 'up' || lab.phase === 'starting') {
    const step = running?.steps.findLast((one) => one.state === 'running')?.title;
    return {
      reason: step === undefined ? 'The model is starting.' : `The model is starting: ${step}.`,
      start: false,
    };
  }
  switch (lab.phase) {
    case 'running':
      return null;
    case 'stopping':
      return { reason: 'The lab is stopping.', start: false };
    case 'trouble':
      return { reason: whyNot(lab), start: true };
    case 'stopped':
      return lab.model === null
        ? { reason: 'There is no model yet.', start: true }
        : { reason: 'The lab is stopped, so the model cannot answer.', start: true };
  }
}
