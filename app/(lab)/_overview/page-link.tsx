'use client';

import { useQuery } from '@tanstack/react-query';
import { trpc } from '../../_lib/trpc.ts';
import { dashboardUrl, isImported } from '../charts/_parts/grafana-url.ts';
import { rangeOf } from '../charts/_parts/ranges.ts';
import type { Page } from './service-words.ts';

/** To a service's own page; Grafana's is the lab's dashboard over the range that Metrics begins with, once it is there. */
export function PageLink({ page, grafana }: { page: Page; grafana: boolean }) {
  const hooks = useQuery({ ...trpc.hooks.list.queryOptions(), enabled: grafana });
  const there = grafana && isImported(hooks.data ?? []);
  return (
    <a href={there ? dashboardUrl(page.url, rangeOf(null).value) : page.url} target="_blank" rel="noreferrer">
      {page.label}
    </a>
  );
}
