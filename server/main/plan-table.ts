/** The plan as the terminal shows it: the same facts and words as in the browser. */
import type { LabPlan, PlanItem } from '../schemas/plan.ts';
import {
  diskWords,
  downloadSize,
  downloadTotal,
  fieldWords,
  memoryWords,
  PLAN_WORDS,
  planHeadline,
  portWords,
} from '../schemas/plan-words.ts';
import { columns } from './print.ts';

export function planTable(plan: LabPlan): string {
  const own = plan.items.filter(({ action }) => action !== 'untracked');
  const beside = plan.items.length - own.length;
  const head = `${plan.project} · engine ${plan.engine} (${plan.engine_reason}) · profile ${plan.profile}`;
  return [
    `${planHeadline(plan)}.`,
    `${head} · model ${plan.model ?? 'none'}`,
    ...section(own.length === 0 ? [] : columns(['DOES', 'DOMAIN', 'NAME', 'WHY'], own.map(row))),
    ...(beside === 0 ? [] : [`${beside} untracked beside the lab, left alone`]),
    ...section(downloads(plan)),
    ...section(plan.ports.map((port) => `Port ${port.port} of ${port.item}: ${portWords(port)}`)),
    ...section([
      ...plan.disks.map((disk) => `Disk of ${disk.of.join(' and ')} (${disk.path}): ${diskWords(disk)}`),
      ...(plan.memory === null ? [] : [`Memory: ${memoryWords(plan.memory)}`]),
    ]),
    ...section(plan.hooks.map(({ phase, name, type }) => `Hook ${name} (${type}) runs in ${phase}`)),
    ...section(
      plan.problems.flatMap(({ code, message, fix }) => [
        `Forbids it (${code}): ${message}`,
        ...(fix === '' ? [] : [`  Fix: ${fix}`]),
      ]),
    ),
  ].join('\n');
}

const section = (lines: readonly string[]): string[] => (lines.length === 0 ? [] : ['', ...lines]);

function row(item: PlanItem): string[] {
  const why = item.error ?? item.fields.map(fieldWords).join('; ');
  return [
    PLAN_WORDS[item.domain][item.action],
    item.domain,
    item.name,
    (why === '' ? (item.health ?? '') : why).split('\n')[0] ?? '',
  ];
}

function downloads(plan: LabPlan): string[] {
  if (plan.downloads.length === 0) return [];
  return [
    ...plan.downloads.map(
      (one) => `Download ${one.name}: ${downloadSize(one)}${one.note === null ? '' : `; ${one.note}`}`,
    ),
    `Together: ${downloadTotal(plan)}`,
  ];
}
