import type { Metadata } from 'next';
import { SharePage } from './_parts/share-page.tsx';

export const metadata: Metadata = { title: 'Share' };

export default function Page() {
  return <SharePage />;
}
