import type { Metadata } from 'next';
import { MetricsPage } from './_parts/metrics-page.tsx';

export const metadata: Metadata = { title: 'Metrics' };

export default function Page() {
  return <MetricsPage />;
}
