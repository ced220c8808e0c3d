/** The running server's API for the CLI, over HTTP, proven by the secret in the home. */
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import type { AppRouter } from '../api/router.ts';
import { localFetch } from './local-fetch.ts';
import type { ServerFile } from './server-file.ts';

export type Remote = ReturnType<typeof connect>;

export function baseUrl(server: ServerFile): string {
  return `http://127.0.0.1:${server.port}`;
}

export function bearer(server: ServerFile): { authorization: string } {
  return { authorization: `Bearer ${server.cliSecret}` };
}

export function connect(server: ServerFile) {
  const url = `${baseUrl(server)}/api/trpc`;
  const headers = bearer(server);
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (op) => op.type === 'subscription',
        true: httpSubscriptionLink({
          url,
          EventSource,
          eventSourceOptions: () => ({
            fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers } }),
          }),
        }),
        false: httpLink({ url, headers, fetch: (input, init) => localFetch(String(input), init) }),
      }),
    ],
  });
}
