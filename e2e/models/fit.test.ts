/**
 * The memory estimate against real processes: the product's own model server, models of different shape filled with
 * noise, a prompt that fills most of the context, and then what the system says is resident.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { residentBytes } from '../../server/lib/memory.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { which } from '../../server/lib/which.ts';
import { readWeights } from '../../server/resources/model-weights/facts.ts';
import { estimateMemory, type RuntimeKind } from '../../server/resources/model-weights/memory.ts';
import type { WorkerConfig } from '../../server/resources/embedded-runtime/request.ts';
import { NODE_LLAMA_CPP_VERSION } from '../../server/resources/embedded-runtime/find-runtime.ts';
import { locateHome, runtimePrefix } from '../../server/lib/home.ts';
import { starterPath } from '../../server/resources/model-weights/starter.ts';
import { ROOT } from '../support/lab.ts';
import { seededHome, type SeededHome } from '../support/seed.ts';
import { writeRandomModel, type Shape } from './random-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'ailab-fit-'));
let seed: SeededHome;
beforeAll(async () => {
  seed = await seededHome();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await seed.remove();
});

/** Full attention in every head; grouped heads longer than embedding ÷ heads; a sliding window in five of six layers. */
const SHAPES: Record<string, Shape> = {
  'llama, 16 of 16 heads, F16': {
    architecture: 'llama',
    layers: 8,
    embedding: 1024,
    heads: 16,
    kvHeads: 16,
    headLength: 64,
    feedForward: 2816,
    vocabulary: 32_000,
    contextLength: 32_768,
    type: 'F16',
  },
  'qwen3, 8 of 16 heads of length 128, Q8_0': {
    architecture: 'qwen3',
    layers: 12,
    embedding: 1024,
    heads: 16,
    kvHeads: 8,
    headLength: 128,
    feedForward: 3072,
    vocabulary: 64_000,
    contextLength: 32_768,
    type: 'Q8_0',
  },
  'gemma3, a window of 512, Q8_0': {
    architecture: 'gemma3',
    layers: 18,
    embedding: 640,
    heads: 4,
    kvHeads: 1,
    headLength: 256,
    feedForward: 2048,
    vocabulary: 64_000,
    contextLength: 32_768,
    type: 'Q8_0',
    slidingWindow: 512,
  },
};
const STARTER = 'the starter, Q4_1';
const CONTEXTS = [1024, 4096];
/** The larger context is filled less: a prompt of thousands of tokens is minutes on two cores. */
const PROMPT_TOKENS = 900;
const KEY = 'k';

async function weightsOf(name: string): Promise<string> {
  const shape = SHAPES[name];
  if (shape === undefined) return starterPath(locateHome(seed.home));
  const path = join(folder, `${name.replaceAll(/\W+/g, '-')}.gguf`);
  if (!existsSync(path)) writeRandomModel(path, shape);
  return path;
}

/** Starts the runtime as the product does, asks once, and says what is resident then. */
async function measure(runtime: RuntimeKind, weightsPath: string, contextSize: number): Promise<number> {
  const port = await anyFreePort();
  const child =
    runtime === 'llama-server'
      ? llamaServer(weightsPath, contextSize, port)
      : worker(weightsPath, contextSize, port);
  try {
    await untilHealthy(child, port);
    // Two bytes a token: the noise has no words, so a text is read byte by byte.
    const answer = await fetch(`http://127.0.0.1:${port}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}` },
      body: JSON.stringify({ prompt: 'ab'.repeat(PROMPT_TOKENS / 2), max_tokens: 8 }),
    });
    expect(answer.status, await answer.text()).toBe(200);
    return residentBytes(child.pid ?? 0) ?? 0;
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // One that has ended by itself says so once only, and that was before.
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  }
}

function worker(weightsPath: string, contextSize: number, port: number): ChildProcess {
  const child = fork(join(ROOT, 'dist', 'llama-worker.js'), ['--ailab-worker=fit-test'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const config: WorkerConfig = {
    prefix: runtimePrefix(locateHome(seed.home), NODE_LLAMA_CPP_VERSION),
    weightsPath,
    role: 'model',
    modelName: 'm',
    contextSize,
    threads: 2,
    profile: 'default',
    port,
    apiKey: KEY,
  };
  child.send(config);
  return child;
}

function llamaServer(weightsPath: string, contextSize: number, port: number): ChildProcess {
  const args = [
    ['-m', weightsPath],
    ['--host', '127.0.0.1'],
    ['--port', String(port)],
    ['--api-key', KEY],
    ['-c', String(contextSize)],
    ['-t', '2'],
    ['-np', '1'],
    ['-b', '512'],
    ['-cram', '512'],
    ['--device', 'none'],
    ['--no-webui'],
  ];
  return spawn(LLAMA_SERVER ?? '', args.flat(), { stdio: 'ignore' });
}

async function untilHealthy(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the runtime ended with ${child.exitCode ?? child.signalCode}`);
    const status = await new Promise<number>((resolve) => {
      get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).once('error', () => resolve(0));
    });
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error('the runtime did not become healthy in a minute');
}

/**
 * The one named in the environment, else one on the PATH that is a program itself: a script there may change the root
 * (as this project's own wrapper around Debian's does), and would not find the models.
 */
const LLAMA_SERVER = process.env['AILAB_FIT_LLAMA_SERVER'] ?? programOnPath();

function programOnPath(): string | undefined {
  const path = which('llama-server');
  return path === undefined || readFileSync(path).subarray(0, 2).toString() === '#!' ? undefined : path;
}

const CASES = [...Object.keys(SHAPES), STARTER].flatMap((name) =>
  CONTEXTS.map((context) => [name, context] as const),
);

/** The product's own runtime always; a llama-server where this machine has one of its own. */
const RUNTIMES: RuntimeKind[] =
  LLAMA_SERVER === undefined ? ['node-llama-cpp'] : ['node-llama-cpp', 'llama-server'];

describe.each(RUNTIMES)('%s', (runtime) => {
  test.each(CASES)(
    '%s at a context of %i is within 10 %% of what is resident',
    { timeout: 300_000 },
    async (name, context) => {
      const path = await weightsOf(name);
      const { need } = estimateMemory(await readWeights(path), context, runtime);
      const resident = await measure(runtime, path, context);
      const off = need.total / resident - 1;
      const figures = `${runtime}, ${name}, ${context}: estimated ${mb(need.total)}, resident ${mb(resident)}, ${(off * 100).toFixed(1)} %`;
      process.stdout.write(`  ${figures}\n`);
      expect(Math.abs(off), figures).toBeLessThan(0.1);
    },
  );
});

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
