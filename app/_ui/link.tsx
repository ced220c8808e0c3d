/** A link within a page. What it leads to is fetched when it is pointed at: the page that comes has more to do. */
'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';

interface InnerLinkProps {
  href: string;
  className?: string | undefined;
  children: ReactNode;
}

export function InnerLink({ href, className, children }: InnerLinkProps) {
  const router = useRouter();
  const ahead = () => router.prefetch(href);
  return (
    <Link href={href} prefetch={false} className={className} onPointerEnter={ahead} onFocus={ahead}>
      {children}
    </Link>
  );
}
