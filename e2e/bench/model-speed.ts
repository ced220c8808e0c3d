/** P18: tokens a second of a real model, through us and straight from its server, in turns. */
import { locateHome } from '../../server/lib/home.ts';
import { which } from '../../server/lib/which.ts';
import { readEndpoint } from '../../server/resources/embedded-runtime/endpoint.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { seededHome } from '../support/seed.ts';
import { ask, KEPT } from './ask.ts';
import { over, paired, rounds } from './rounds.ts';
import { median, spread, type Row } from './stats.ts';

const RUNS = 20;
const TOKENS = 64;
const BODY = {
  model: 'default',
  prompt: 'Once upon a time there was a river, and',
  max_tokens: TOKENS,
  temperature: 0,
};

export async function benchModelSpeed(): Promise<Row[]> {
  const native = process.env['AILAB_BENCH_LLAMA_SERVER'] ?? which('llama-server', process.env);
  const seeded = await seededHome();
  let lab: Lab | undefined;
  try {
    lab = await startLab({ home: seeded.home, env: { AILAB_RUNTIME: native ?? 'node-llama-cpp' } });
    await bringUp(lab);
    const endpoint = readEndpoint(locateHome(seeded.home));
    if (endpoint === null) throw new Error('no endpoint after up');
    const { secret } = await lab.api().access.createKey.mutate({ name: 'bench' });
    const places = {
      direct: { base: endpoint.baseUrl, key: endpoint.apiKey },
      ours: { base: `http://127.0.0.1:${lab.port}`, key: secret },
    };
    const found = await rounds(['ours', 'direct'] as const, RUNS, 1, async (side) => {
      const { base, key } = places[side];
      const reply = await ask(new URL('/v1/completions', base), key, BODY, KEPT);
      // From the first token to the end, on the client's clock: what it sees of the speed.
      return (TOKENS - 1) / ((reply.totalMs - reply.firstTokenMs) / 1000);
    });
    const [ours, direct] = [found.get('ours') ?? [], found.get('direct') ?? []];
    const ratios = paired(ours, direct, over);
    return [
      {
        id: 'P18',
        what: `speed of the starter model, ${native === undefined ? 'node-llama-cpp' : 'llama-server'}, ${TOKENS} tokens, ${RUNS} runs each`,
        figure: `${spread(ours, 1)} tokens/s`,
        beside: `direct ${spread(direct, 1)} tokens/s`,
        ratio: `${spread(ratios, 3)}× direct`,
        goal: '≥ 0.99× direct',
        met: median(ratios) >= 0.99,
      },
    ];
  } finally {
    await lab?.stop();
    await seeded.remove();
  }
}
