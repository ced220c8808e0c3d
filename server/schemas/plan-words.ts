/** The plan in words, the same on the command line and in the browser. */
import { formatByteRate, formatBytes, formatDuration, plural } from './format.ts';
import type { LabPlan, PlanDownload, PlanField, PlanItem, PlanPort } from './plan.ts';

export const PLAN_WORDS: Record<PlanItem['domain'], Record<PlanItem['action'], string>> = {
  weights: words('Download', 'Download again'),
  package: words('Install', 'Install again'),
  service: words('Create', 'Recreate'),
  process: words('Start', 'Restart'),
};

function words(create: string, recreate: string): Record<PlanItem['action'], string> {
  return { create, recreate, keep: 'Leave alone', untracked: 'Not part of the lab', unknown: 'Not known' };
}

/** One line about the whole plan. */
export function planHeadline(plan: LabPlan): string {
  if (!plan.possible)
    return plan.problems.length === 1
      ? 'One thing forbids a start'
      : `${plural(plan.problems.length, 'thing')} forbid a start`;
  if (plan.changes === 0) return `Nothing to do: ${healthWords(plan)}`;
  const count = (wanted: PlanItem['action']) => plan.items.filter(({ action }) => action === wanted).length;
  const [create, recreate, left] = [count('create'), count('recreate'), count('keep')];
  const parts = [
    ...(create === 0 ? [] : [`create ${plural(create, 'part')}`]),
    ...(recreate === 0 ? [] : [`recreate ${create === 0 ? plural(recreate, 'part') : recreate}`]),
    ...(left === 0 ? [] : [`leave ${left} alone`]),
  ];
  return `Would ${parts.join(', ')}`;
}

/** What runs, by health: `4 services healthy`. */
function healthWords({ items }: LabPlan): string {
  const running = items.filter(
    ({ action, domain }) => action === 'keep' && (domain === 'service' || domain === 'process'),
  );
  const noun = running[0]?.domain === 'process' ? 'model server' : 'service';
  const byHealth = Map.groupBy(running, ({ health }) => health ?? 'unknown');
  return [...byHealth].map(([health, list]) => `${plural(list.length, noun)} ${health}`).join(', ');
}

export function fieldWords({ name, asked, found, detail }: PlanField): string {
  const words = name.replaceAll('_', ' ');
  if (detail !== null) return `${words} (${detail})`;
  if (found === null && asked === null) return words;
  if (asked === null) return `${words}: ${String(found)}`;
  return `${words}: ${String(found)} → ${String(asked)}`;
}

export function downloadSize({ bytes, wholeBytes, about }: PlanDownload): string {
  if (bytes === null) return 'size not known';
  const here = wholeBytes === null ? 0 : wholeBytes - bytes;
  return `${about ? 'about ' : ''}${formatBytes(bytes)}${here > 0 ? ` (${formatBytes(here)} are here already)` : ''}`;
}

export function downloadTotal({ download, downloads }: LabPlan): string {
  if (downloads.length === 0) return 'Nothing to download';
  const { knownBytes, unknown, rate, seconds } = download;
  const about = downloads.some((one) => one.about) ? 'about ' : '';
  const size =
    knownBytes === 0 && unknown > 0
      ? 'size not known'
      : `${about}${formatBytes(knownBytes)}${unknown > 0 ? `, and ${plural(unknown, 'download')} of unknown size` : ''}`;
  if (rate === null || seconds === null) return size;
  return `${size}; about ${formatDuration(Math.max(1, Math.round(seconds)) * 1000)} at ${formatByteRate(rate)}, the rate measured last`;
}

export function portWords({ state, holder }: PlanPort): string {
  if (state === 'free') return 'free';
  return state === 'ours' ? 'held by this lab' : `held by ${holder ?? 'another program'}`;
}

export function diskWords({ freeBytes, needBytes, afterBytes }: LabPlan['disks'][number]): string {
  if (freeBytes === null) return 'free space not known';
  if (needBytes === null) return `${formatBytes(freeBytes)} free now; what is needed is not known`;
  if (afterBytes === null || needBytes === 0) return `${formatBytes(freeBytes)} free`;
  const after = afterBytes < 0 ? 'not enough' : `${formatBytes(afterBytes)} free after`;
  return `${formatBytes(freeBytes)} free now, about ${formatBytes(needBytes)} needed, ${after}`;
}

const VERDICTS = { held: '', unknown: '', fits: 'Fits: ', exceeds: 'May not fit: ' } as const;

export function memoryWords({ verdict, message, fix }: NonNullable<LabPlan['memory']>): string {
  return `${VERDICTS[verdict]}${message}${fix === '' ? '' : ` ${fix}`}`;
}
