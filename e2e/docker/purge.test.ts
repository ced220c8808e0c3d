/** `purge` of the built product on a real Docker engine: containers, network and volumes of this lab, and of no other. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`purge on a real engine${reason}`, () => {
  let engine: TestEngine;
  let lab: Lab;
  let weights: string;
  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const images = await ensureImages(engine);
    weights = await starterWeights();
    const config = stringify({
      model_path: weights,
      context_size: 512,
      services: ['prometheus'],
      ports: { model: await anyFreePort(), prometheus: await anyFreePort() },
      images: { model: images.model.ref, prometheus: images.prometheus.ref },
    });
    lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config });
  });
  afterAll(async () => {
    await lab?.stop();
    await engine?.stop();
  });

  const held = async () => ({
    containers: (await engine.docker('ps', '-aq')).trim(),
    volumes: (await engine.docker('volume', 'ls', '-q')).trim(),
    networks: (await engine.docker('network', 'ls', '-q', '--filter', 'type=custom')).trim(),
  });

  it('removes all that the lab has, also when ai-lab.yaml names another engine by now', async () => {
    const env = { ...engine.env, AILAB_ENGINE: 'docker' };
    expect((await ailab(['up', '--home', lab.home], { env })).code).toBe(0);
    await engine.docker('volume', 'create', 'somebody-elses');
    const other = { ...engine.env, AILAB_ENGINE: 'embedded' };
    const { code, stdout, stderr } = await ailab(['purge', '--yes', '--home', lab.home], { env: other });
    expect([code, stdout]).toEqual([0, expect.stringContaining('The lab is gone')]);
    expect(stderr).toMatch(/2 containers of the project ai-lab-/);
    expect(stderr).toMatch(/1 volume with the data in them: ai-lab-\w+_prometheus-data/);
    expect(await held()).toEqual({ containers: '', volumes: 'somebody-elses', networks: '' });
    expect([existsSync(lab.home), existsSync(weights)]).toEqual([false, true]);
    await engine.docker('volume', 'rm', 'somebody-elses');
  });
});
