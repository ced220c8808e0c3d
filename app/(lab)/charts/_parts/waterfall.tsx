/** Where the time of one reply went, and what is known of it. */
import { Fragment } from 'react';
import {
  formatCount,
  formatDuration,
  formatMoney,
  formatMoneyRange,
  formatSpeed,
} from '../../../../server/schemas/format.ts';
import type { LedgerRow } from '../../../_lib/wire.ts';
import { Facts, type Fact } from '../../../_ui/facts.tsx';
import styles from './waterfall.module.css';

interface Stage {
  name: string;
  ms: number;
  colour: string;
}

/** In the order in which they come. The runtime tells two of them; the rest is waiting. */
export function stagesOf({ queueMs, promptMs, generationMs, durationMs }: LedgerRow): Stage[] {
  if (queueMs === null || promptMs === null || generationMs === null)
    return [{ name: 'Not told apart by the runtime', ms: durationMs, colour: 'var(--field)' }];
  return [
    { name: 'Waiting and on the way', ms: queueMs, colour: 'var(--chart-3)' },
    { name: 'Reading the prompt', ms: promptMs, colour: 'var(--chart-2)' },
    { name: 'Generating', ms: generationMs, colour: 'var(--chart-1)' },
  ];
}

export function Waterfall({ row }: { row: LedgerRow }) {
  const stages = stagesOf(row);
  const whole = Math.max(
    1,
    row.durationMs,
    stages.reduce((sum, { ms }) => sum + ms, 0),
  );
  const starts = stages.map((_, at) => stages.slice(0, at).reduce((sum, { ms }) => sum + ms, 0));
  return (
    <div className={styles.waterfall} data-testid="waterfall">
      <div className={styles.stages}>
        {stages.map(({ name, ms, colour }, at) => (
          <Fragment key={name}>
            <span>{name}</span>
            <span className={styles.track} aria-hidden="true">
              <span
                className={styles.bar}
                style={{
                  marginInlineStart: `${((starts[at] ?? 0) / whole) * 100}%`,
                  width: `max(2px, ${(ms / whole) * 100}%)`,
                  background: colour,
                }}
              />
            </span>
            <span className={styles.time}>{formatDuration(ms)}</span>
          </Fragment>
        ))}
      </div>
      <Facts facts={factsOf(row)} />
    </div>
  );
}

function factsOf(row: LedgerRow): Fact[] {
  const { currency = '', electricity = null, hardware = null, api = null } = row.cost ?? {};
  const known: (Fact | false)[] = [
    { name: 'Loading the model', value: 'none: it was in memory' },
    row.ttftMs !== null && { name: 'First token', value: `after ${formatDuration(row.ttftMs)}` },
    row.promptTokens !== null && {
      name: 'Prompt',
      value: `${formatCount(row.promptTokens)} tokens, ${formatCount(row.cachedTokens ?? 0)} of them cached`,
    },
    row.completionTokens !== null && {
      name: 'Generated',
      value: `${formatCount(row.completionTokens)} tokens${row.tokensPerSecond === null ? '' : ` at ${formatSpeed(row.tokensPerSecond)}`}`,
    },
    { name: 'Model', value: row.model },
    {
      name: 'Lock',
      value:
        row.lockSha256 === null ? (
          'none was in force'
        ) : (
          <code title={row.lockSha256}>{row.lockSha256.slice(0, 12)}</code>
        ),
    },
    {
      name: 'Electricity',
      value:
        electricity === null
          ? 'unknown'
          : `${formatMoneyRange(electricity, currency)}, ${electricity.source === 'estimate' ? 'an estimate' : 'measured'}`,
    },
    { name: 'Hardware', value: hardware === null ? 'unknown' : formatMoneyRange(hardware, currency) },
    {
      name: 'At an API',
      value:
        api === null
          ? 'unknown'
          : `${formatMoney(api.amount, api.currency)} as ${api.name}, prices of ${api.date}`,
    },
  ];
  return known.filter((fact) => fact !== false);
}
