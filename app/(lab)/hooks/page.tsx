import type { Metadata } from 'next';
import { HooksPage } from './_parts/hooks-page.tsx';

export const metadata: Metadata = { title: 'Hooks' };

export default function Page() {
  return <HooksPage />;
}
