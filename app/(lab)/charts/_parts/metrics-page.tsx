'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useRecentRequests } from '../../../_lib/live.tsx';
import { reportOf, trpc } from '../../../_lib/trpc.ts';
import type { MetricSeries } from '../../../_lib/wire.ts';
import { ButtonLink } from '../../../_ui/button.tsx';
import { Choice } from '../../../_ui/choice.tsx';
import { Note } from '../../../_ui/note.tsx';
import { Empty, PageHead, Panel, Stack } from '../../../_ui/panel.tsx';
import { Charts, ChartsSkeleton } from './charts.tsx';
import { CostPanel } from './cost-panel.tsx';
import { GrafanaLink } from './grafana-link.tsx';
import links from './grafana-link.module.css';
import { RANGES, rangeOf } from './ranges.ts';
import { RequestTable } from './request-table.tsx';
import { SourceBar, SourceTrouble } from './source-bar.tsx';
import { Targets } from './targets.tsx';
import { Totals } from './totals.tsx';
import { zoomOf, type Zoom } from './zoom.ts';

/** An answer that wasn't there yet is asked for again so soon. */
const PENDING_MS = 500;

export function MetricsPage() {
  const search = useSearchParams();
  const range = rangeOf(search.get('range'));
  const [source, setSource] = useState<MetricSeries['source'] | undefined>(undefined);
  const [zoom, setZoom] = useState<Zoom | null>(null);
  const series = useQuery({
    ...trpc.metrics.series.queryOptions({ range: range.value, ...(source === undefined ? {} : { source }) }),
    refetchInterval: ({ state }) => (state.data?.pending === true ? PENDING_MS : range.everyMs),
    placeholderData: keepPreviousData,
  });
  const recent = useRecentRequests();
  const report = series.error === null ? null : reportOf(series.error);
  const { data } = series;
  const requests = data?.totals.requests ?? 0;
  const waiting = data === undefined || (data.pending && requests === 0);
  return (
    <>
      <PageHead
        title="Metrics"
        note="Every request that passed the gateway, from Chat and from programs."
        aside={
          <div className={links.aside}>
            <GrafanaLink range={range.value} />
            <Choice
              legend="Range"
              options={RANGES}
              value={range.value}
              // In the address, so that a reload and a bookmark keep it.
              onChange={(value) => {
                setZoom(null);
                history.replaceState(null, '', `?range=${value}`);
              }}
            />
          </div>
        }
      />
      <Stack>
        {report !== null && <Note tone="bad" role="alert" message={report.message} fix={report.fix} />}
        {waiting && report === null && (
          <>
            {data?.source === 'ledger' && (
              <Note tone="busy" message="Reading the ledger, once after a start." />
            )}
            <ChartsSkeleton />
          </>
        )}
        {data !== undefined && !waiting && (
          <>
            {data.trouble !== null && (
              <SourceTrouble trouble={data.trouble} onLedger={() => setSource('ledger')} />
            )}
            <SourceBar series={data} onSource={setSource} zoom={zoom} onZoomEnd={() => setZoom(null)} />
            {requests === 0 && data.source === 'ledger' ? (
              <NoRequests words={rangeOf(data.range).words} />
            ) : (
              <>
                <Totals totals={data.totals} />
                <Charts
                  series={data}
                  zoom={zoom}
                  onZoom={(from, to) => setZoom((before) => zoomOf(data, from, to) ?? before)}
                />
              </>
            )}
            <CostPanel />
            {data.sources.includes('prometheus') && <Targets />}
          </>
        )}
        {recent.data !== undefined && recent.data.length > 0 && (
          <Panel
            title="Most recent requests"
            note="Each opens with what it waited for, and what it cost."
            aside={<ButtonLink href="/requests">All requests</ButtonLink>}
          >
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
