/** The fault table in small: CI's part of `npm run test:faults`, the same bodies with fewer runs. */
import { describe, expect, it, vi } from 'vitest';
import { requireBuild } from '../support/lab.ts';
import { FAULTS } from './all.ts';
import { Tally } from './fault.ts';

vi.setConfig({ testTimeout: 120_000 });
requireBuild();

describe.each(FAULTS.filter(({ quick }) => quick > 0))('$id: $title', (fault) => {
  it(`${fault.expected}, ${fault.quick} times`, async () => {
    const tally = new Tally(90_000);
    await fault.run(fault.quick, tally);
    expect(tally.failures).toEqual([]);
    if (tally.skipped.length === 0) expect(tally.passed).toBe(fault.quick);
  });
});
