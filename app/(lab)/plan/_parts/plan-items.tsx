import { fieldWords, PLAN_WORDS } from '../../../../server/schemas/plan-words.ts';
import type { PlanItem } from '../../../_lib/wire.ts';
import { State, type Tone } from '../../../_ui/state.tsx';
import styles from './plan.module.css';

const TONES: Record<PlanItem['action'], Tone> = {
  create: 'busy',
  recreate: 'busy',
  keep: 'ok',
  untracked: 'idle',
  unknown: 'warn',
};

const DOMAINS: Record<PlanItem['domain'], string> = {
  weights: 'Weights',
  package: 'Package',
  process: 'Process',
  service: 'Service',
};

export function PlanItems({ items }: { items: readonly PlanItem[] }) {
  return (
    <ul className={styles.items}>
      {items.map((item) => (
        <li
          key={`${item.domain} ${item.manager ?? ''} ${item.name}`}
          className={styles.item}
          data-testid={`plan-item-${item.domain}-${item.name}`}
        >
          <div className={styles.name}>
            <span className={styles.domain}>
              {DOMAINS[item.domain]}
              {item.manager !== null && `, ${item.manager}`}
            </span>
            <span className={styles.itemName}>{item.name}</span>
          </div>
          <State tone={toneOf(item)}>{PLAN_WORDS[item.domain][item.action]}</State>
          <Why item={item} />
        </li>
      ))}
    </ul>
  );
}

/** What is left alone is only fine when it is well. */
function toneOf({ action, health, error }: PlanItem): Tone {
  if (action !== 'keep') return TONES[action];
  if (error !== null || health === 'unhealthy' || health === 'exited') return 'bad';
  return health === 'starting' ? 'busy' : 'ok';
}

function Why({ item: { fields, error, health, action } }: { item: PlanItem }) {
  if (fields.length === 0 && error === null)
    return <p className={styles.why}>{health === null || action === 'create' ? '' : health}</p>;
  return (
    <div className={styles.why}>
      {error !== null && <p className={styles.error}>{error}</p>}
      {fields.map((field) => (
        <p key={field.name}>{fieldWords(field)}</p>
      ))}
    </div>
  );
}
