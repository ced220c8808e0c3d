/**
 * What the gateway adds to the first token: pairs of the same streamed call, direct and through the gateway with key
 * check and metering on, in random order. The runtime is a stand-in that answers at once, so that the difference is ours.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateHome } from '../../server/lib/home.ts';
import { readEndpoint } from '../../server/resources/embedded-runtime/endpoint.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { ailab } from '../support/cli.ts';
import { ROOT, startLab } from '../support/lab.ts';
import { ask, KEPT } from './ask.ts';
import { median, quantile, type Row } from './stats.ts';

const PAIRS = 300;
const WARM_UP = 15;
const BODY = { model: 'default', messages: [{ role: 'user', content: 'Hello' }] };

export async function benchGateway(): Promise<Row[]> {
  const home = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const runtime = join(home, 'llama-server');
  const stub = join(ROOT, 'server', 'testing', 'fake-model-server.mjs');
  writeFileSync(runtime, `#!/bin/sh\nexec '${process.execPath}' '${stub}' "$@"\n`);
  chmodSync(runtime, 0o755);
  writeFileSync(join(home, 'model.gguf'), buildGguf());
  writeFileSync(
    join(home, 'ai-lab.yaml'),
    `model_path: ${join(home, 'model.gguf')}\nengine: embedded\nports: { model: 18950 }\n`,
  );
  const lab = await startLab({ home, env: { AILAB_RUNTIME: runtime } });
  try {
    const { id } = await lab.api().lab.up.mutate({ starter: false });
    for (;;) {
      const { state, error } = await lab.api().activity.get.query({ id });
      if (state === 'done') break;
      if (state !== 'running') throw new Error(`the stand-in did not come up: ${error?.message}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const endpoint = readEndpoint(locateHome(home));
    if (endpoint === null) throw new Error('no endpoint');
    const { secret } = await lab.api().access.createKey.mutate({ name: 'bench' });
    return await measure(
      () => ask(new URL('/v1/chat/completions', endpoint.baseUrl), endpoint.apiKey, BODY, KEPT),
      () => ask(new URL('/v1/chat/completions', `http://localhost:${lab.port}`), secret, BODY, KEPT),
    );
  } finally {
    await ailab(['down', '--home', home]);
    await lab.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Call = () => ReturnType<typeof ask>;

async function measure(direct: Call, through: Call): Promise<Row[]> {
  const added: number[] = [];
  const [directTimes, throughTimes]: [number[], number[]] = [[], []];
  for (let pair = -WARM_UP; pair < PAIRS; pair += 1) {
    const directFirst = Math.random() < 0.5;
    const one = await (directFirst ? direct : through)();
    const other = await (directFirst ? through : direct)();
    const [d, t] = directFirst ? [one, other] : [other, one];
    if (pair < 0) continue;
    directTimes.push(d.firstTokenMs);
    throughTimes.push(t.firstTokenMs);
    added.push(t.firstTokenMs - d.firstTokenMs);
  }
  const middle = median(added);
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  return [
    {
      what: `gateway adds to the first token (median of ${PAIRS} pairs)`,
      figure: `${ms(middle)} (p5 ${ms(quantile(added, 0.05))}, p95 ${ms(quantile(added, 0.95))})`,
      goal: '≤ 1 ms',
      met: middle <= 1,
    },
    { what: '  first token, direct to the stand-in (p50)', figure: ms(median(directTimes)) },
    { what: '  first token, through the gateway (p50)', figure: ms(median(throughTimes)) },
  ];
}
