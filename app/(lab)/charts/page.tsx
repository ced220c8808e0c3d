import type { Metadata } from 'next';
import { MetricsPage } from './_parts/metrics-page.tsx';

export const metadata: Metadata = { title: 'Metrics' };

/** At /charts, because /metrics is what Prometheus scrapes. */
export default function Page() {
  return <MetricsPage />;
}
