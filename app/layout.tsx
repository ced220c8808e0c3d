import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import { connection } from 'next/server';
import type { ReactNode } from 'react';
import { THEME_SCRIPT } from './_lib/theme-script.ts';
import './globals.css';

/** In the page itself: a file would be one more path that the gate must leave open. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22'%3E%3Cpath d='M8.5 2.5h5M9.5 2.5v5.2L4.3 16.6a2 2 0 0 0 1.7 3h10a2 2 0 0 0 1.7-3L12.5 7.7V2.5' fill='none' stroke='%23808a98' stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'/%3E%3Cpath d='M7.2 13.5h7.6l2 3.5a1 1 0 0 1-.9 1.5H6.1a1 1 0 0 1-.9-1.5z' fill='%234a6cf0'/%3E%3C/svg%3E";

export const metadata: Metadata = {
  title: { default: 'ailab-web', template: '%s · ailab-web' },
  description: 'A local GenAI lab: a model that answers, and the truth about it.',
  icons: { icon: { url: ICON, type: 'image/svg+xml' } },
  robots: { index: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f6f3' },
    { media: '(prefers-color-scheme: dark)', color: '#131412' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  // Every page is rendered per request, so that the nonce of this answer's CSP reaches it.
  await connection();
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>{children}</body>
    </html>
  );
}
