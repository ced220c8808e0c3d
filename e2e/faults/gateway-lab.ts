/** A built lab whose model misbehaves on request, and clients of its gateway that see every byte. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { anyFreePort } from '../../server/lib/ports.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { startWeakened } from '../support/weakened.ts';
import { bundleEntry } from './bundle.ts';
import type { ModelFault, Seen } from './proxies/fault-model.ts';

export interface Reply {
  status: number;
  body: Buffer;
  /** The connection was cut before the reply had ended. */
  cut: boolean;
  /** Milliseconds from the request to the end. */
  ms: number;
}

export interface GatewayLab {
  lab: Lab;
  /** One chat request with this fault. */
  ask(fault: ModelFault, streamed?: boolean): Promise<Reply>;
  /** The same, for a client of its own kind: nothing is read but what the caller reads. */
  open(fault: ModelFault): ClientRequest;
  /** What the model saw, by fault id. */
  seen(): Promise<Record<string, Seen>>;
  /** Resident memory of the server in bytes. */
  memory(): number;
  close(): Promise<void>;
}

export interface GatewayLabOptions {
  /** The test entry instead of the product, with this limit of silence. */
  silenceMs?: number;
}

export async function openGatewayLab({ silenceMs }: GatewayLabOptions = {}): Promise<GatewayLab> {
  const program = await bundleEntry('e2e/faults/proxies/fault-model.ts');
  const folder = mkdtempSync(join(tmpdir(), 'ailab-fault-model-'));
  const runtime = join(folder, 'llama-server');
  writeFileSync(runtime, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(runtime, 0o755);
  writeFileSync(join(folder, 'model.gguf'), buildGguf());
  const modelPort = await anyFreePort();
  const options = {
    env: { AILAB_RUNTIME: runtime, MODEL_PATH: join(folder, 'model.gguf') },
    config: `ports: { model: ${modelPort} }\n`,
  };
  const lab =
    silenceMs === undefined
      ? await startLab(options)
      : await startWeakened([], {
          ...options,
          env: { ...options.env, AILAB_TEST_SILENCE_MS: String(silenceMs) },
        });
  const close = async () => {
    // With its home gone, a model server that is left ends by itself.
    await lab.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await bringUp(lab);
  } catch (error) {
    await close();
    throw error;
  }
  const { secret } = await lab.api().access.createKey.mutate({ name: 'faults' });

  const open = (fault: ModelFault, streamed = true): ClientRequest => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: lab.port,
      path: '/v1/chat/completions',
      method: 'POST',
      agent: false,
      headers: {
        host: `localhost:${lab.port}`,
        authorization: `Bearer ${secret}`,
        'content-type': 'application/json',
      },
    });
    outgoing.end(
      JSON.stringify({
        model: 'default',
        stream: streamed,
        messages: [{ role: 'user', content: 'x' }],
        fault,
      }),
    );
    return outgoing;
  };

  return {
    lab,
    open,
    close,
    ask: (fault, streamed = true) =>
      new Promise((resolve, reject) => {
        const begun = performance.now();
        open(fault, streamed)
          .once('error', reject)
          .once('response', (response) => {
            const chunks: Buffer[] = [];
            const finish = () =>
              resolve({
                status: response.statusCode ?? 0,
                body: Buffer.concat(chunks),
                cut: !response.complete,
                ms: performance.now() - begun,
              });
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.once('error', () => undefined);
            response.once('close', finish);
          });
      }),
    async seen() {
      const reply = await fetch(`http://127.0.0.1:${modelPort}/seen`);
      return (await reply.json()) as Record<string, Seen>;
    },
    memory: () => memoryOf(lab.pid),
  };
}

/** Resident memory of a process in bytes. Linux. */
export function memoryOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

const errorBody = z.object({ error: z.object({ code: z.string(), message: z.string().min(1) }) });

/** The gateway's own error, as a whole body or as the last event of a stream; undefined when there is none. */
export function errorOf(body: Buffer): { code: string; message: string; before: Buffer } | undefined {
  const text = body.toString('latin1');
  const at = text.lastIndexOf('data: {"error"');
  const json = at === -1 ? text : text.slice(at + 6);
  try {
    const { error } = errorBody.parse(JSON.parse(Buffer.from(json, 'latin1').toString('utf8')));
    return { ...error, before: at === -1 ? Buffer.alloc(0) : body.subarray(0, at) };
  } catch {
    return undefined;
  }
}
