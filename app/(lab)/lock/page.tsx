import type { Metadata } from 'next';
import { LockPage } from './_parts/lock-page.tsx';

export const metadata: Metadata = { title: 'Lock' };

export default function Page() {
  return <LockPage />;
}
