import type { Metadata } from 'next';
import { HookPage } from '../_parts/hook-page.tsx';

export const metadata: Metadata = { title: 'Hook' };

export default function Page() {
  return <HookPage />;
}
