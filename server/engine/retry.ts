/** An ended activity, begun again with what it was asked for. Part of the composition root. */
import { LabError } from '../lib/errors.ts';
import { downInput, upInput, type Activity } from '../schemas/activity.ts';
import { hookNameInput } from '../schemas/hooks.ts';
import { pullInput } from '../schemas/models.ts';
import type { Activities } from './activities.ts';
import type { Engine } from './contract.ts';

export interface RetryParts {
  activities: Pick<Activities, 'get' | 'inputOf'>;
  lab: Pick<Engine['lab'], 'up' | 'down'>;
  models: Pick<Engine['models'], 'pull'>;
  hooks: Pick<Engine['hooks'], 'runNow'>;
}

/**
 * Throws `activity_not_found`, `activity_running`, `not_repeatable` (what deletes data is asked for each time; an
 * imported text is not kept), and whatever the beginning throws.
 */
export async function retry(
  id: string,
  startedBy: string,
  { activities, lab, models, hooks }: RetryParts,
): Promise<Activity> {
  const { kind, state } = activities.get(id);
  if (state === 'running') throw stillRuns();
  const input = activities.inputOf(id);
  const wants = {
    up: upInput.safeParse(input),
    down: downInput.safeParse(input),
    pull: pullInput.safeParse(input),
    hook: hookNameInput.safeParse(input),
  };
  if (kind === 'up' && wants.up.success) {
    // The plan that was looked at then is no longer what is looked at.
    const { plan: _plan, ...again } = wants.up.data;
    return lab.up(again, startedBy);
  }
  if (kind === 'down' && wants.down.success && !wants.down.data.volumes)
    return lab.down(wants.down.data, startedBy);
  if (kind === 'pull' && wants.pull.success) return models.pull(wants.pull.data, startedBy);
  if (kind === 'hook' && wants.hook.success) return hooks.runNow(wants.hook.data.name, startedBy);
  throw notRepeatable();
}

function stillRuns(): LabError {
  return new LabError({
    code: 'activity_running',
    message: 'It is still running.',
    fix: 'Wait for its end, or cancel it.',
    status: 409,
  });
}

function notRepeatable(): LabError {
  return new LabError({
    code: 'not_repeatable',
    message: 'What deletes data, or needs a file of yours, is not simply done again.',
    fix: 'Start it anew where you started it: there it is asked for.',
    status: 409,
  });
}
