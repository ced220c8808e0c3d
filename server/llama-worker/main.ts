/**
 * Our model server: node-llama-cpp behind llama-server's HTTP. It is a child of the supervisor, gets its configuration
 * over IPC, and ends when that channel closes.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerConfig, type WorkerConfig } from '../resources/embedded-runtime/request.ts';
import type { Serving } from './answer.ts';
import { loadEmbedder } from './embedder.ts';
import type { EmbeddingServing } from './embeddings.ts';
import { emptyTally, loadEngine } from './engine.ts';
import { createHttpServer } from './http-server.ts';
import { logLine } from './log-line.ts';
import { createMetrics } from './metrics.ts';
import { createQueue } from './queue.ts';

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

if (process.send === undefined) {
  process.stderr.write('llama-worker is started by the supervisor of ailab-web, not by hand.\n');
  process.exit(2);
}
process.once('disconnect', () => process.exit(0));

try {
  const [message] = await once(process, 'message');
  await serve(workerConfig.parse(message));
} catch (error) {
  logLine('E', (error as Error).message);
  // The native library's own lines come through a queue.
  await sleep(100);
  process.exit(1);
}

async function serve(config: WorkerConfig): Promise<void> {
  const startedAt = Date.now();
  let serving: Serving | EmbeddingServing | undefined;
  const server = createHttpServer(config.apiKey, () => serving);
  server.listen(config.port, '127.0.0.1');
  await once(server, 'listening');
  logLine('I', `Listening on 127.0.0.1:${config.port}; loading ${config.weightsPath}.`);

  const common = {
    queue: createQueue(),
    metrics: createMetrics(),
    modelName: config.modelName,
    fingerprint: 'node-llama-cpp',
    startedAt,
    current: { tally: emptyTally() },
  };
  serving =
    config.role === 'embeddings'
      ? { ...common, embedder: await loadEmbedder(config) }
      : { ...common, engine: await loadEngine(config) };
  logLine(
    'I',
    `Loaded in ${Date.now() - startedAt} ms; context ${config.contextSize}, threads ${config.threads}.`,
  );
}
