import { describe, expect, it, vi } from 'vitest';
import { createLabCounter } from './energy-counter.ts';
import { createEnergyMeter } from './energy-meter.ts';
import { createGpuPower, parsePower, type PowerReading } from './gpu-power.ts';

it('reads the watts of all GPUs, and says which one tells none', () => {
  expect(parsePower('35.12\n210.5\n')).toEqual({ watts: 245.62 });
  expect(parsePower('35.12\n[N/A]\n')).toMatchObject({ watts: null, why: 'GPU 1 does not tell its power' });
  for (const text of ['', '[Not Supported]', 'No devices were found', '-3', 'NaN', '1e999'])
    expect(parsePower(text).watts).toBeNull();
});

describe('energy of a GPU', () => {
  const bench = (cpu: { joules: number | null } | null = null) => {
    vi.useFakeTimers();
    let reading: PowerReading = { watts: 100 };
    const gpu = createGpuPower({ query: async () => reading, now: () => Date.now(), lingerMs: 5000 });
    const rapl = cpu === null ? { counter: null, why: 'none' } : { counter: { read: () => cpu.joules } };
    const counter = createLabCounter({ rapl, gpu, gpuInUse: () => true });
    const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
    return {
      counter,
      meter: createEnergyMeter(counter),
      wait,
      tell: (next: PowerReading) => (reading = next),
    };
  };

  it('is watts over time by trapezoids, and adds to that of the CPU', async () => {
    const cpu = { joules: 1000 };
    const { meter, wait, tell, counter } = bench(cpu);
    const share = meter.begin();
    await wait(1000);
    tell({ watts: 200 });
    await wait(1000);
    cpu.joules = 1050;
    // 1 s at 100 W, 1 s from 100 to 200 W, and 50 J of the CPU.
    expect(share.end()).toBeCloseTo(100 + 150 + 50, 6);
    expect([counter.measuredBy(), counter.notMeasured()]).toEqual(['rapl+nvidia-smi', null]);
    // Within the time that it lingers, the next one has a sample to begin with.
    await wait(100);
    const next = meter.begin();
    await wait(500);
    expect(next.end()).toBeCloseTo(100, 6);
    vi.useRealTimers();
  });

  it('is unknown, not small, where a sample failed or none came; the next request is measured again', async () => {
    const { meter, wait, tell, counter } = bench();
    const quick = meter.begin();
    expect(quick.end()).toBeNull();
    const broken = meter.begin();
    tell({ watts: null, why: 'nvidia-smi gave no answer within 3 s' });
    await wait(1000);
    tell({ watts: 100 });
    await wait(1000);
    expect([broken.end(), counter.measuredBy()]).toEqual([null, 'nvidia-smi']);
    const good = meter.begin();
    await wait(2000);
    expect(good.end()).toBeCloseTo(200, 6);
    await wait(60_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
