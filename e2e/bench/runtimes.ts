/**
 * Both embedded runtimes on the starter model, and a cold `up`: the same 128 tokens at temperature 0, taken in turns.
 * llama-server is the one on the PATH, or the one that AILAB_BENCH_LLAMA_SERVER names.
 */
import { locateHome } from '../../server/lib/home.ts';
import { which } from '../../server/lib/which.ts';
import { readEndpoint } from '../../server/resources/embedded-runtime/endpoint.ts';
import { ailab } from '../support/cli.ts';
import { seededHome } from '../support/seed.ts';
import { ask } from './ask.ts';
import { median, type Row } from './stats.ts';

const TURNS = 3;
const RUNS = 5;
const BODY = {
  model: 'default',
  prompt: 'Once upon a time there was a river, and',
  max_tokens: 128,
  temperature: 0,
};
const HELLO = {
  model: 'default',
  messages: [{ role: 'user', content: 'Hello' }],
  temperature: 0,
  max_tokens: 64,
};

interface Sample {
  speeds: number[];
  coldSeconds: number[];
}

export async function benchRuntimes(): Promise<Row[]> {
  const native = process.env['AILAB_BENCH_LLAMA_SERVER'] ?? which('llama-server', process.env);
  const runtimes = {
    'node-llama-cpp': 'node-llama-cpp',
    ...(native === undefined ? {} : { 'llama-server': native }),
  };
  const samples = new Map<string, Sample>();
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [name, runtime] of Object.entries(runtimes)) {
      const sample = samples.get(name) ?? { speeds: [], coldSeconds: [] };
      samples.set(name, sample);
      await measure(runtime, sample);
    }
  }
  const rows = [...samples].flatMap(([name, { speeds, coldSeconds }]): Row[] => [
    {
      what: `${name}: generation on the starter model (median of ${speeds.length})`,
      figure: `${median(speeds).toFixed(1)} tokens/s`,
    },
    {
      what: `${name}: cold up to a valid answer to "Hello", cached weights (median of ${coldSeconds.length})`,
      figure: `${median(coldSeconds).toFixed(1)} s`,
      goal: '≤ 15 s, aim 5 s',
      met: median(coldSeconds) <= 15,
    },
  ]);
  if (native === undefined) rows.push({ what: 'llama-server', figure: 'not measured: none on the PATH' });
  return rows;
}

async function measure(runtime: string, sample: Sample): Promise<void> {
  const seeded = await seededHome();
  const env = { AILAB_RUNTIME: runtime };
  try {
    const begun = performance.now();
    const up = await ailab(['up', '--home', seeded.home], { env });
    if (up.code !== 0) throw new Error(up.stderr);
    const endpoint = readEndpoint(locateHome(seeded.home));
    if (endpoint === null) throw new Error('no endpoint after up');
    await ask(new URL('/v1/chat/completions', endpoint.baseUrl), endpoint.apiKey, HELLO);
    sample.coldSeconds.push((performance.now() - begun) / 1000);
    for (let run = 0; run < RUNS; run += 1) {
      const { tokensPerSecond } = await ask(
        new URL('/v1/completions', endpoint.baseUrl),
        endpoint.apiKey,
        BODY,
      );
      if (tokensPerSecond !== null) sample.speeds.push(tokensPerSecond);
    }
  } finally {
    await seeded.remove();
  }
}
