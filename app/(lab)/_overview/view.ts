/** What the Overview says and offers, decided from the lab's state alone. */
import { formatSpeed, plural } from '../../../server/schemas/format.ts';
import { dockerAway } from '../../_lib/docker.ts';
import { serviceName } from '../../_lib/words.ts';
import type { Activity, LabOverview, StatusItem } from '../../_lib/wire.ts';
import type { Tone } from '../../_ui/state.tsx';

export interface Headline {
  tone: Tone;
  title: string;
  detail: string | null;
}

const INVALID = 'ai-lab.yaml is invalid: until it is mended, nothing is started.';

/** One sentence about the lab. Healthy is one quiet line. */
export function headline(
  lab: LabOverview,
  running: Activity | undefined,
  tokensPerSecond: number | null,
): Headline {
  const step = running?.steps.findLast((one) => one.state === 'running')?.title ?? null;
  if (running?.kind === 'up') return { tone: 'busy', title: 'The lab is starting', detail: step };
  if (running?.kind === 'down') return { tone: 'busy', title: 'The lab is stopping', detail: step };
  if (running?.kind === 'pull') return { tone: 'busy', title: 'Weights are being downloaded', detail: step };
  if (dockerAway(lab) !== null)
    return { tone: 'warn', title: 'How the lab is now is not known', detail: 'Docker can’t be asked.' };
  switch (lab.phase) {
    case 'running': {
      const name = lab.model?.title ?? 'model without a name';
      const speed = tokensPerSecond === null ? '' : `, ${formatSpeed(tokensPerSecond)}`;
      const gone = lacking(lab).filter(({ state }) => state === 'missing');
      const sick = lab.attention.length + gone.length;
      if (sick === 0) return { tone: 'ok', title: `The model answers: ${name}${speed}`, detail: null };
      return {
        tone: 'warn',
        title: `The model answers, but ${plural(sick, 'thing')} ${sick === 1 ? 'needs' : 'need'} you`,
        detail: `${gone.length === 0 ? '' : `Missing: ${gone.map((item) => serviceName(item.name)).join(', ')}. `}${name}${speed}`,
      };
    }
    case 'starting':
      return { tone: 'busy', title: 'The model is starting', detail: lastExit(lab) };
    case 'stopping':
      return { tone: 'busy', title: 'The lab is stopping', detail: null };
    case 'trouble':
      return { tone: 'bad', title: 'The lab is in trouble', detail: lastExit(lab) };
    case 'stopped':
      if (!lab.status.config_valid) return { tone: 'bad', title: 'The lab is stopped', detail: INVALID };
      return lab.model === null
        ? { tone: 'idle', title: 'No model yet', detail: 'Nothing is configured, and nothing runs.' }
        : { tone: 'idle', title: 'The lab is stopped', detail: ready(lab) };
  }
}

/** Only what nothing speaks against is called ready. */
function ready({ model, attention }: LabOverview): string | null {
  const trouble = attention.some(({ code }) => code !== 'memory_tight' && code !== 'drift');
  return trouble || model === null ? null : `${model.title} is ready to start.`;
}

/** What is explained below is not told here in the words of a program. */
function lastExit({ runtime, attention }: LabOverview): string | null {
  if (attention.some(({ explanation }) => explanation !== undefined)) return null;
  return runtime === null || runtime.lastExit === null ? null : `Last exit: ${runtime.lastExit}`;
}

/** While the server is silent, nothing is known; what was is told as such. */
export function lastKnown({ title }: Headline): Headline {
  return { tone: 'warn', title: 'How the lab is now is not known', detail: `Last seen: ${title}` };
}

/** What can be done now; the first is the next action. */
export type Action = 'cancel' | 'config' | 'start' | 'plan' | 'stop' | 'chat';

export function actions(lab: LabOverview, running: Activity | undefined): Action[] {
  if (running !== undefined) return ['cancel'];
  const possible = byPhase(lab);
  // A start would be refused; to stop is possible all the same.
  return lab.status.config_valid
    ? possible
    : ['config', ...possible.filter((action) => action !== 'start' && action !== 'plan')];
}

function byPhase(lab: LabOverview): Action[] {
  if (dockerAway(lab) !== null) return [];
  switch (lab.phase) {
    case 'running':
      return lacking(lab).length > 0 ? ['start', 'chat', 'plan', 'stop'] : ['chat', 'plan', 'stop'];
    case 'starting':
      return ['stop'];
    case 'stopping':
      return [];
    case 'trouble':
      if (isUp(lab)) return ['start', 'plan', 'stop'];
      break;
    case 'stopped':
  }
  // Where the starter is offered, its card holds the one next step.
  return lab.starter !== null || lab.model === null ? [] : ['start', 'plan'];
}

/** Services that are gone or have ended: a Start brings them, and leaves the others alone. */
export function lacking({ status }: LabOverview): StatusItem[] {
  return [...status.managed_items, ...status.missing_items].filter(
    ({ domain, state, health }) => domain === 'service' && (state === 'missing' || health === 'exited'),
  );
}

/** Is there anything for a Stop to stop? */
export function isUp(lab: LabOverview): boolean {
  return lab.status.managed_items.some((item) => item.domain === 'process' || item.domain === 'service');
}

/** The activity whose steps are shown: the running one, else the last if it did not end well. */
export function shownActivity(activities: readonly Activity[], lab: LabOverview): Activity | undefined {
  const running = activities.find((one) => one.state === 'running');
  if (running !== undefined) return running;
  const last = activities[0];
  if (last === undefined || last.state === 'done' || lab.phase === 'running') return undefined;
  return last;
}

/** What the list of troubles says: drift is told where it can be acted on, Docker's silence by its banner. */
export function troubles(lab: LabOverview): LabOverview['attention'] {
  const away = dockerAway(lab);
  return lab.attention.filter(
    ({ code, message }) => code !== 'drift' && (away === null || !message.includes(away)),
  );
}

/** Errors that the attention list tells already are not told twice. */
export function isTold(lab: LabOverview, error: Activity['error']): boolean {
  if (error === null) return false;
  const cause = error.explanation?.cause;
  return lab.attention.some(
    (one) => one.message.includes(error.message) || (cause !== undefined && one.explanation?.cause === cause),
  );
}

/** As the stack file has them. */
const SERVICES = ['model', 'embeddings', 'weaviate', 'prometheus', 'grafana'];

const ORDER: Record<StatusItem['domain'], number> = { weights: 0, package: 1, process: 2, service: 3 };

/** The lab's own items in the order in which they are needed. */
export function labItems({ status }: LabOverview): StatusItem[] {
  return [...status.managed_items, ...status.degraded_items, ...status.missing_items].toSorted(
    (a, b) =>
      ORDER[a.domain] - ORDER[b.domain] ||
      SERVICES.indexOf(a.name) - SERVICES.indexOf(b.name) ||
      a.name.localeCompare(b.name),
  );
}
