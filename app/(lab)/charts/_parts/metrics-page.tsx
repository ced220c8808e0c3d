'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useRecentRequests } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Charts, ChartsSkeleton } from './charts.tsx';
import { GrafanaLink } from './grafana-link.tsx';
import links from './grafana-link.module.css';
import { RANGES, rangeOf } from './ranges.ts';
import { RequestTable } from './request-table.tsx';
import { Totals } from './totals.tsx';

export function MetricsPage() {
  const range = rangeOf(useSearchParams().get('range'));
  const series = useQuery({
    ...trpc.metrics.series.queryOptions({ range: range.value }),
    refetchInterval: range.everyMs,
    placeholderData: keepPreviousData,
  });
  const recent = useRecentRequests();
  const report = series.error === null ? null : reportOf(series.error);
  const { data } = series;
  return (
    <>
      <PageHead
        title="Metrics"
        note="From this lab’s ledger: every request that passed the gateway, from Chat and from programs."
        aside={
          <div className={links.aside}>
            <GrafanaLink range={range.value} />
            <Choice
              legend="Range"
              options={RANGES}
              value={range.value}
              // In the address, so that a reload and a bookmark keep it.
              onChange={(value) => history.replaceState(null, '', `?range=${value}`)}
            />
          </div>
        }
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {data === undefined && report === null && <ChartsSkeleton />}
        {data !== undefined && (data.totals.requests ?? 0) === 0 && (
          <NoRequests words={rangeOf(data.range).words} />
        )}
        {data !== undefined && (data.totals.requests ?? 0) > 0 && (
          <>
            <Totals totals={data.totals} />
            <Charts series={data} />
          </>
        )}
        {recent.data !== undefined && recent.data.length > 0 && (
          <Panel title="Most recent requests">
            <RequestTable rows={recent.data} />
          </Panel>
        )}
      </Stack>
    </>
  );
}

function NoRequests({ words }: { words: string }) {
  return (
    <Panel title={`No requests in ${words}`} testId="metrics-empty">
      <Empty>
        <p>Ask something in Chat, or send a request with a key: it shows up here at once.</p>
        <ButtonLink href="/chat" kind="primary">
          Open Chat
        </ButtonLink>
      </Empty>
    </Panel>
  );
}
