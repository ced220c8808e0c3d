'use client';

import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { formatFigure, formatMoneyRange, plural } from '../../../../server/schemas/format.ts';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { CostSummary } from '../../../_lib/wire.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Fold } from '../../../_ui/fold.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Skeleton } from '../../../_ui/skeleton.tsx';
import { CostInputs } from './cost-inputs.tsx';
import styles from './cost-panel.module.css';

const DAYS = [
  { value: '1', label: '24 h' },
  { value: '7', label: '7 d' },
  { value: '31', label: '31 d' },
] as const;

/** Three numbers, side by side and never added. */
export function CostPanel() {
  const [days, setDays] = useState<(typeof DAYS)[number]['value']>('1');
  const cost = useQuery({
    ...trpc.metrics.cost.queryOptions({ days: Number(days) }),
    refetchInterval: 30_000,
  });
  const { data, error } = cost;
  return (
    <Panel
      title="Cost"
      note="Three numbers that are never added: what the power costs, what the machine costs, and what the same tokens would cost elsewhere."
      aside={<Choice legend="Time of the cost" options={DAYS} value={days} onChange={setDays} />}
      testId="cost"
    >
      {error !== null && <Note tone="bad" {...reportOf(error)} />}
      {data === undefined && error === null && <Skeleton height="8rem" />}
      {data !== undefined && <Numbers summary={data} days={Number(days)} />}
    </Panel>
  );
}

function Numbers({ summary, days }: { summary: CostSummary; days: number }) {
  const { electricity, hardware, api, inputs } = summary;
  const words = electricity?.sources.map((name) => (name === 'estimate' ? 'an estimate' : 'measured'));
  const source = words && [...new Set(words)].join(' and ');
  return (
    <>
      <div className={styles.numbers}>
        <Figure
          title="Electricity"
          kind={source}
          figure={electricity}
          days={days}
          testId="cost-electricity"
          unknown={missing(inputs, 'electricity')}
        >
          {electricity !== null && `${range(electricity.kwh)} kWh`}
        </Figure>
        <Figure
          title="Write-off of the hardware"
          figure={hardware}
          days={days}
          testId="cost-hardware"
          unknown={missing(inputs, 'hardware')}
        />
        <Figure
          title="The same tokens at an API"
          kind={api === null ? undefined : `as ${api.names.join(', ')}`}
          figure={api}
          days={days}
          testId="cost-api"
          unknown={missing(inputs, 'api')}
        />
      </div>
      <Fold title="What these numbers are made of">
        <CostInputs summary={summary} />
      </Fold>
    </>
  );
}

interface FigureProps {
  title: string;
  kind?: string | undefined;
  figure: CostSummary['hardware'];
  days: number;
  unknown: string;
  testId: string;
  children?: ReactNode;
}

function Figure({ title, kind, figure, days, unknown, testId, children }: FigureProps) {
  return (
    <section className={styles.figure} aria-label={title} data-testid={testId}>
      <h3 className={styles.title}>{title}</h3>
      {figure === null ? (
        <>
          <p className={styles.value}>Unknown</p>
          <p className={styles.more}>{unknown}</p>
          <ButtonLink href="/settings">Open the settings</ButtonLink>
        </>
      ) : (
        <>
          <p className={styles.value}>{formatMoneyRange(figure.total, figure.currency)}</p>
          <p className={styles.more}>
            {plural(figure.priced, 'reply', 'replies')}
            {kind !== undefined && `, ${kind}`}
          </p>
          <dl className={styles.each}>
            <dt>A reply</dt>
            <dd>{formatMoneyRange(figure.perReply, figure.currency)}</dd>
            {figure.perThousandTokens !== null && (
              <>
                <dt>1,000 tokens</dt>
                <dd>{formatMoneyRange(figure.perThousandTokens, figure.currency)}</dd>
              </>
            )}
            <dt>A day</dt>
            <dd>
              {formatMoneyRange(
                { low: figure.total.low / days, high: figure.total.high / days },
                figure.currency,
              )}
            </dd>
          </dl>
          {children !== undefined && <p className={styles.more}>{children}</p>}
        </>
      )}
    </section>
  );
}

const range = ({ low, high }: { low: number; high: number }) => {
  const [from, to] = [figureOf(low), figureOf(high)];
  return from === to ? from : `${from} to ${to}`;
};
const figureOf = (value: number) =>
  value >= 0.1 || value === 0 ? formatFigure(value) : value.toPrecision(2);

/** What has to be said before there is a number; a number without inputs would be made up. */
function missing(
  { currency, ...inputs }: CostSummary['inputs'],
  which: 'electricity' | 'hardware' | 'api',
): string {
  const keys: string[] = currency === null ? ['cost.currency'] : [];
  if (which === 'electricity') {
    if (inputs.electricityPerKwh === null) keys.push('cost.electricity_per_kwh');
    if (inputs.energySource === null) keys.push('cost.idle_watts', 'cost.busy_watts');
  }
  if (which === 'hardware' && inputs.hardware === null) keys.push('cost.hardware');
  if (which === 'api' && inputs.api === null)
    return inputs.unknownApi === null
      ? 'Say which price to compare with: cost.api_price in ai-lab.yaml.'
      : `The price table has no row “${inputs.unknownApi}”: choose one below, or add it as cost.prices in ai-lab.yaml.`;
  return keys.length === 0
    ? 'No reply was priced in this time.'
    : `It needs ${keys.join(', ')} in ai-lab.yaml. Replies from then on are priced.`;
}
