/** `nvidia-smi` as a program: a stand-in that answers, that fails, that hangs, and none at all. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCostMeter } from '../../server/cost/cost-meter.ts';
import { readGpuPower } from '../../server/cost/gpu-power.ts';
import { identityOf } from '../../server/lib/process-identity.ts';
import { ledgerRow } from '../../server/schemas/metrics.ts';

const nothing = {
  errorCode: null,
  ttftMs: null,
  promptTokens: 5,
  cachedTokens: 0,
  completionTokens: 9,
  generationMs: 900,
  tokensPerSecond: 10,
  promptMs: 100,
  queueMs: 0,
  lockSha256: null,
  cost: null,
};
const ROW = ledgerRow.parse({
  ...nothing,
  id: 'r',
  startedAt: 0,
  route: '/v1/chat/completions',
  model: 'm',
  caller: 'cli',
  streamed: false,
  status: 200,
  outcome: 'ok',
  durationMs: 1000,
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ailab-smi-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(body: string): NodeJS.ProcessEnv {
  const path = join(folder, 'nvidia-smi');
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return { NODE_ENV: 'test', PATH: `${folder}:/usr/bin:/bin` };
}

it('tells watts, or why not', async () => {
  const asked = '[ "$*" = "--query-gpu=power.draw --format=csv,noheader,nounits" ] || exit 9';
  expect(await readGpuPower(program(`${asked}\nprintf '35.12\\n64.88\\n'`))).toEqual({ watts: 100 });
  expect(await readGpuPower(program("echo '[N/A]'"))).toMatchObject({
    watts: null,
    why: 'GPU 0 does not tell its power',
  });
  expect(await readGpuPower(program('echo broken driver >&2; exit 12'))).toMatchObject({
    watts: null,
    why: 'nvidia-smi failed: broken driver',
  });
  expect(await readGpuPower({ NODE_ENV: 'test', PATH: folder.concat('-none') })).toMatchObject({
    why: 'no nvidia-smi is on the PATH',
  });
});

it('is given up when it hangs, with what it started', async () => {
  const begun = performance.now();
  const file = join(folder, 'pid');
  expect(await readGpuPower(program(`sleep 30 & echo $! > '${file}'; wait`), 300)).toMatchObject({
    why: 'nvidia-smi gave no answer within 0.3 s',
  });
  expect(performance.now() - begun).toBeLessThan(5000);
  const pid = Number(readFileSync(file, 'utf8'));
  await expect.poll(() => identityOf(pid), { timeout: 3000 }).toBeUndefined();
});

it('a request of a lab with profile gpu is priced by its measured joules', async () => {
  const env = program('echo 50.00; echo 150.00');
  const configPath = join(folder, 'ai-lab.yaml');
  writeFileSync(configPath, 'cost: { currency: EUR, electricity_per_kwh: 0.36 }\n');
  const rapl = { counter: null, why: 'none here' };
  const meter = createCostMeter({ configPath, env, gpuInUse: () => true, rapl });
  const share = meter.begin();
  await sleep(1500);
  const joules = share.end();
  // 200 W over 1.5 s and what a busy machine adds to it.
  expect(joules).toBeGreaterThan(290);
  const cost = meter.price(ROW, joules);
  expect(cost?.electricity?.source).toBe('nvidia-smi');
  expect(cost?.electricity?.low).toBeCloseTo(((joules ?? 0) / 3_600_000) * 0.36, 12);
  expect([meter.energySource(), meter.notMeasured()]).toEqual(['nvidia-smi', null]);
});
