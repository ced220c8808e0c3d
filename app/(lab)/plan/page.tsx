import type { Metadata } from 'next';
import { PlanPage } from './_parts/plan-page.tsx';

export const metadata: Metadata = { title: 'Plan' };

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: PageProps) {
  return <PlanPage starter={(await searchParams)['starter'] !== undefined} />;
}
