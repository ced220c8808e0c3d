/** The faults of Docker in small: CI's part of `npm run test:faults`, the same bodies with fewer runs. */
import { afterAll, describe, expect, it, vi } from 'vitest';
import { dockerFaults } from '../faults/docker/faults.ts';
import { Tally } from '../faults/fault.ts';
import { startTestEngineOrSkip } from './harness/engine.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`faults of Docker${reason}`, () => {
  afterAll(async () => {
    if (found.kind !== 'none') await found.stop();
  });

  const faults = found.kind === 'none' ? [] : dockerFaults(found);
  it.each(faults)('$id: $title', async (fault) => {
    const tally = new Tally(120_000);
    await fault.run(fault.quick, tally);
    expect([tally.failures, tally.passed]).toEqual([[], fault.quick]);
  });
});
