/** `ailab-web chat "…"`: one question through the gateway, streamed to the terminal, metered like any other. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGateway } from '../gateway/gateway.ts';
import { LabError } from '../lib/errors.ts';
import * as z from 'zod';
import { baseUrl, bearer } from './remote.ts';
import type { LabClient } from './lab-client.ts';

export interface ChatOptions {
  text: string;
  temperature?: number;
  maxTokens?: number;
  write: (text: string) => void;
  signal: AbortSignal;
}

export async function chat(client: LabClient, options: ChatOptions): Promise<void> {
  if (client.server !== undefined) {
    await ask(baseUrl(client.server), bearer(client.server), options);
    return;
  }
  const gateway = await ownGateway(client, options.signal);
  try {
    await ask(gateway.url, {}, options);
  } finally {
    await gateway.close();
  }
}

/** Docker looks at its containers every few seconds: right after an `up`, one that is ready still counts as starting. */
const STARTING_MS = 10_000;

/** Without a server: the same gateway for this one question, on a port of the system's choice, for us alone. */
async function ownGateway(
  client: LabClient,
  signal: AbortSignal,
): Promise<{ url: string; close: () => Promise<void> }> {
  const { engine } = client;
  if (engine === undefined) throw new Error('no engine');
  await engine.prime();
  const end = performance.now() + STARTING_MS;
  while (engine.endpoint()?.health === 'starting' && performance.now() < end)
    await sleep(50, undefined, { signal });
  const mark = crypto.randomUUID();
  const handle = createGateway({
    endpoint: engine.endpoint,
    identify: (request) => (request.url?.startsWith(`/${mark}/`) === true ? { kind: 'cli' } : null),
    ...engine.parts.metering,
    replies: engine.parts.replies,
  });
  const handled: Promise<void>[] = [];
  const server = createServer((request, response) =>
    handled.push(handle(request, response, (request.url ?? '').replace(`/${mark}`, ''))),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${mark}`,
    // A reply is counted after its client has it, and the database is closed next.
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all(handled);
    },
  };
}

const chunk = z.object({
  choices: z.array(z.object({ delta: z.object({ content: z.string().nullish() }).nullish() })).optional(),
  error: z.object({ message: z.string() }).nullish(),
});
const failure = z.object({ error: z.object({ message: z.string(), code: z.string().nullish() }) });

async function ask(base: string, headers: Record<string, string>, options: ChatOptions): Promise<void> {
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'default',
      stream: true,
      messages: [{ role: 'user', content: options.text }],
      ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
      ...(options.maxTokens === undefined ? {} : { max_tokens: options.maxTokens }),
    }),
    signal: options.signal,
  });
  if (!response.ok || response.body === null) throw chatError(await response.text(), response.status);
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data:') || line.includes('[DONE]')) continue;
      const parsed = chunk.safeParse(JSON.parse(line.slice(5)));
      if (parsed.data?.error) throw chatError(JSON.stringify(parsed.data), 502);
      options.write(parsed.data?.choices?.map((choice) => choice.delta?.content ?? '').join('') ?? '');
    }
  }
  options.write('\n');
}

function chatError(body: string, status: number): LabError {
  let message = body.slice(0, 400);
  let code = 'chat_failed';
  try {
    const parsed = failure.safeParse(JSON.parse(body));
    if (parsed.success) {
      message = parsed.data.error.message;
      code = parsed.data.error.code ?? code;
    }
  } catch {
    // Not JSON: its own words have to do.
  }
  return new LabError({ code, message, fix: 'Run `ailab-web status` to see how the model is.', status });
}
