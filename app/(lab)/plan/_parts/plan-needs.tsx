import type { ReactNode } from 'react';
import {
  diskWords,
  downloadSize,
  downloadTotal,
  memoryWords,
  portWords,
} from '../../../../server/schemas/plan-words.ts';
import type { LabPlan } from '../../../_lib/wire.ts';
import { Facts } from '../../../_ui/facts.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { StateMark } from '../../../_ui/state.tsx';
import styles from './plan.module.css';

/** What it takes from network, ports, disk and memory, and the hooks that run. */
export function PlanNeeds({ plan }: { plan: LabPlan }) {
  const facts: { name: string; value: ReactNode }[] = [];
  if (plan.items.length > 0) facts.push({ name: 'Downloads', value: <Downloads plan={plan} /> });
  if (plan.ports.length > 0) facts.push({ name: 'Ports', value: <Ports ports={plan.ports} /> });
  for (const disk of plan.disks)
    facts.push({
      name: `Disk of ${disk.of.join(' and ')}`,
      value: (
        <>
          {diskWords(disk)} <span className={styles.path}>· {disk.path}</span>
        </>
      ),
    });
  if (plan.memory !== null) facts.push({ name: 'Memory', value: memoryWords(plan.memory) });
  if (plan.items.length > 0) facts.push({ name: 'Hooks', value: <Hooks hooks={plan.hooks} /> });
  if (facts.length === 0) return null;
  return (
    <Panel title="What it takes" testId="plan-needs">
      <Facts facts={facts} />
    </Panel>
  );
}

function Downloads({ plan }: { plan: LabPlan }) {
  return (
    <>
      <p>{downloadTotal(plan)}</p>
      <ul className={styles.list}>
        {plan.downloads.map((one) => (
          <li key={`${one.kind} ${one.name}`}>
            <span className={styles.what}>{one.name}</span>: {downloadSize(one)}
            {one.note !== null && <span className={styles.quiet}>; {one.note}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

function Ports({ ports }: Pick<LabPlan, 'ports'>) {
  return (
    <ul className={styles.list}>
      {ports.map((port) => (
        <li key={port.port}>
          {port.state === 'taken' && <StateMark tone="bad" />} {port.port} of {port.item}: {portWords(port)}
        </li>
      ))}
    </ul>
  );
}

function Hooks({ hooks }: Pick<LabPlan, 'hooks'>) {
  if (hooks.length === 0) return 'None will run';
  return (
    <ul className={styles.list}>
      {hooks.map(({ phase, name, type }) => (
        <li key={`${phase} ${name}`}>
          {name} ({type}), {phase === 'pre_apply' ? 'before anything is made' : 'when the model has answered'}
        </li>
      ))}
    </ul>
  );
}
