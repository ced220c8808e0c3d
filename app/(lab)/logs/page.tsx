import type { Metadata } from 'next';
import { LogsPage } from './_parts/logs-page.tsx';

export const metadata: Metadata = { title: 'Logs' };

export default function Page() {
  return <LogsPage />;
}
