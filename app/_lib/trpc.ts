/** The one client of the API in a tab: calls, the query cache, and the words for what went wrong. */
'use client';

import { QueryClient } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { EventSource } from 'eventsource';
import type { AppRouter } from '../../server/api/router.ts';
import { UNREACHABLE, type Report } from './report.ts';
import { authFetch } from './session.ts';

const url = '/api/trpc';

export const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (op) => op.type === 'subscription',
      // The browser's own EventSource can send no header.
      true: httpSubscriptionLink({
        url,
        EventSource,
        eventSourceOptions: () => ({ fetch: (input, init) => authFetch(input, init) }),
      }),
      false: httpBatchLink({ url, fetch: (input, init) => authFetch(input, init as RequestInit) }),
    }),
  ],
});

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // The lab is on this machine: it answers without any network.
      networkMode: 'always',
      staleTime: 10_000,
      // Only silence is worth asking again: what the server has refused once, it refuses twice.
      retry: (failures, error) => failures < 2 && isUnreachable(error),
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

function isUnreachable(error: unknown): boolean {
  return !(error instanceof TRPCClientError) || error.data === undefined || error.data === null;
}

export function reportOf(error: unknown): Report {
  if (!(error instanceof TRPCClientError)) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'page', message, fix: 'Reload the page.' };
  }
  const lab = (error as TRPCClientError<AppRouter>).data?.lab;
  if (lab) return lab;
  if (isUnreachable(error)) return UNREACHABLE;
  return {
    code: 'refused',
    message: error.message,
    fix: 'Reload the page; if it stays, run `ailab-web doctor`.',
  };
}
