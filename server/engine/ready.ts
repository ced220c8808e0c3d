/** Readiness in stages: the runtime's port answers → it is healthy → one token was generated. Only that is "up". */
import * as z from 'zod';
import type { Endpoint } from '../gateway/forward.ts';
import { LabError } from '../lib/errors.ts';
import { parseJson } from '../lib/json.ts';
import type { ReadyProbe, Run } from './orchestrator.ts';

/** One token takes a loaded model milliseconds to seconds; a laptop that swaps takes longer. */
const FIRST_TOKEN_MS = 120_000;

export interface ReadyParts {
  /** The runtime as its supervisor reports it; null before it has. */
  endpoint(): Endpoint | null;
  /** Why the runtime is not there or sick, in words with the fix; null while it may still come up. */
  failure(): LabError | null;
  /** Looks at once, so that nothing old is taken for news. */
  refresh(): Promise<void>;
  /** Resolves when there may be news, looked at already. Rejects with the signal's reason. */
  news(signal: AbortSignal): Promise<void>;
}

/** Ready is an embeddings server when it has made one: in a step of its own, after the model. */
export async function embeddingsReady(parts: ReadyParts, run: Run): Promise<void> {
  await run.step('embeddings', 'Wait for a test embedding', async (report) => {
    await untilHealthy(parts, run, report);
    report({ message: 'A test embedding is being made.' });
    await ask(parts, run, '/v1/embeddings', { input: 'Hello' }, embedding);
  });
}

export function createReadyProbe(parts: ReadyParts): ReadyProbe {
  return async (run) => {
    await run.step('health', 'Wait until the model is loaded', (report) => untilHealthy(parts, run, report));
    return run.step('first-token', 'Wait for the first token', () => firstToken(parts, run));
  };
}

async function untilHealthy(
  parts: ReadyParts,
  run: Run,
  report: (progress: { message: string }) => void,
): Promise<void> {
  let told = '';
  await parts.refresh();
  for (;;) {
    run.signal.throwIfAborted();
    const failure = parts.failure();
    if (failure !== null) throw failure;
    const endpoint = parts.endpoint();
    if (endpoint?.health === 'healthy') return;
    const message =
      endpoint === null ? 'The runtime is being started.' : 'The weights are being loaded into memory.';
    if (message !== told) report({ message });
    told = message;
    await parts.news(run.signal);
  }
}

const completion = z.object({ choices: z.array(z.unknown()).min(1) });
const embedding = z.object({ data: z.array(z.object({ embedding: z.array(z.number()).min(1) })).length(1) });

const firstToken = (parts: ReadyParts, run: Run): Promise<number> =>
  ask(parts, run, '/v1/completions', { prompt: 'Hello', max_tokens: 1, temperature: 0 }, completion);

/** Milliseconds from the request to its answer. */
async function ask(
  parts: ReadyParts,
  run: Run,
  path: string,
  body: object,
  shape: z.ZodType,
): Promise<number> {
  const endpoint = parts.endpoint();
  if (endpoint === null) throw parts.failure() ?? silent('it is gone');
  const begun = performance.now();
  let text: string;
  try {
    const reply = await fetch(new URL(path, endpoint.baseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${endpoint.apiKey}` },
      body: JSON.stringify(body),
      signal: AbortSignal.any([run.signal, AbortSignal.timeout(FIRST_TOKEN_MS)]),
    });
    text = await reply.text();
    if (!reply.ok) throw new Error(`it answered ${reply.status}: ${text.slice(0, 300)}`);
  } catch (error) {
    run.signal.throwIfAborted();
    throw parts.failure() ?? silent(error instanceof Error ? error.message : String(error));
  }
  if (!shape.safeParse(parseJson(text)).success)
    throw silent(`it sent another answer to ${path}: ${text.slice(0, 300)}`);
  return performance.now() - begun;
}

function silent(why: string): LabError {
  return new LabError({
    code: 'no_first_token',
    message: `The model was loaded but did not answer: ${why}.`,
    fix: 'Look at `ailab-web doctor` and at the logs of the server that did not answer; then try another model or a smaller context_size.',
  });
}
