/** `kill -9` of ailab-web in the middle of `up`, at 25 moments: the next `up` always converges. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { closeDb, openDb, SOURCE_MIGRATIONS } from '../../db/client.ts';
import { listActivities } from '../../db/queries/activities.ts';
import { locateHome } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { labStatus } from '../../server/schemas/lab.ts';
import { ailab } from '../support/cli.ts';
import { cleanEnvironment, ROOT } from '../support/lab.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { ensureImages } from './harness/images.ts';
import { starterWeights } from './harness/weights.ts';

vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 900_000 });

const MOMENTS = Number(process.env['AILAB_TEST_KILL_MOMENTS'] ?? 25);
/** From before the first look to after the first token, on a machine like CI's. */
const LAST_MOMENT_MS = 2400;
const BIN = join(ROOT, 'server', 'bin', 'ailab-web.mjs');

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`kill -9 in the middle of up${reason}`, () => {
  let engine: TestEngine;
  let env: Record<string, string>;
  let home: string;

  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    const [images, weights] = await Promise.all([ensureImages(engine), starterWeights()]);
    home = mkdtempSync(join(tmpdir(), 'ailab-kill-'));
    const ports = { model: await anyFreePort(), prometheus: await anyFreePort() };
    const config = {
      model_path: weights,
      engine: 'docker',
      context_size: 512,
      services: ['prometheus'],
      ports,
    };
    const own = { model: images.model.ref, prometheus: images.prometheus.ref };
    writeFileSync(join(home, 'ai-lab.yaml'), stringify({ ...config, images: own }));
    env = { ...engine.env };
  });
  afterAll(async () => {
    await ailab(['down', '--home', home], { env });
    rmSync(home, { recursive: true, force: true });
    await engine?.stop();
  });

  const cli = (...args: string[]) => ailab([...args, '--home', home], { env });

  async function upKilledAfter(ms: number): Promise<boolean> {
    const child = spawn(process.execPath, [BIN, 'up', '--home', home], {
      env: { ...cleanEnvironment(), ...env },
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await Promise.race([sleep(ms), ended]);
    const hit = child.exitCode === null;
    child.kill('SIGKILL');
    await ended;
    return hit;
  }

  function states(): string[] {
    const db = openDb({ file: locateHome(home).database, migrations: SOURCE_MIGRATIONS });
    try {
      return listActivities(db, 2).map(({ state }) => state);
    } finally {
      closeDb(db);
    }
  }

  it(`converges after each of ${MOMENTS}, without an orphan or a duplicate, and shows what was interrupted`, async () => {
    let interrupted = 0;
    for (let moment = 0; moment < MOMENTS; moment += 1) {
      const hit = await upKilledAfter(60 + ((LAST_MOMENT_MS - 60) * moment) / (MOMENTS - 1));
      const up = await cli('up');
      expect([moment, up.code, up.stderr]).toEqual([moment, 0, expect.any(String)]);
      const [last, before] = states();
      expect(last).toBe('done');
      if (hit && before === 'interrupted') interrupted += 1;
      expect(['interrupted', 'done', undefined]).toContain(before);
      const status = labStatus.parse(JSON.parse((await cli('status', '-o', 'json')).stdout));
      expect(status.managed_items.map(({ name }) => name).slice(1)).toEqual(['model', 'prometheus']);
      expect([status.missing_items, status.untracked_items]).toEqual([[], []]);
      const names = await engine.docker(
        'ps',
        '-a',
        '--format',
        '{{.Names}}',
        '--filter',
        `label=com.docker.compose.project=${status.project}`,
      );
      expect(names.trim().split('\n')).toHaveLength(2);
      await cli('down');
    }
    // Most of the moments must lie inside an `up`, or this has proven nothing.
    expect(interrupted).toBeGreaterThan(MOMENTS / 3);
  });
});
