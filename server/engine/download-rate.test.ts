import { expect, it } from 'vitest';
import { createMeter } from './download-rate.ts';

it('measures what the network brought, and nothing else', () => {
  let clock = 0;
  const meter = createMeter(() => clock);
  const feed = (done: number, network = true) => {
    clock += 1000;
    meter.feed({ message: '', done, network });
  };
  feed(1_000_000);
  expect(meter.rate()).toBeNull();
  feed(5_000_000);
  feed(9_000_000, false);
  feed(2_000_000);
  feed(8_000_000);
  expect(meter.rate()).toBe(5_000_000);
});

it('a quick one tells as well, when it was big', () => {
  let clock = 0;
  const meter = createMeter(() => clock);
  for (const done of [1, 30_000_001]) {
    meter.feed({ message: '', done, network: true });
    clock += 100;
  }
  expect(meter.rate()).toBe(300_000_000);
});
