/** The running server's API for the CLI, over HTTP, proven by the secret in the home. */
import { createTRPCClient, httpLink } from '@trpc/client';
import type { AppRouter } from '../api/router.ts';
import type { ServerFile } from './server-file.ts';

export type Remote = ReturnType<typeof connect>;

export function baseUrl(server: ServerFile): string {
  return `http://127.0.0.1:${server.port}`;
}

export function bearer(server: ServerFile): { authorization: string } {
  return { authorization: `Bearer ${server.cliSecret}` };
}

export function connect(server: ServerFile) {
  return createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${baseUrl(server)}/api/trpc`, headers: bearer(server) })],
  });
}
