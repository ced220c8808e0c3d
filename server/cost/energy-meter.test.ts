import { expect, it } from 'vitest';
import { createEnergyMeter } from './energy-meter.ts';

it('shares what was used among those who ran, and loses nothing', () => {
  let joules: number | null = 1000;
  const meter = createEnergyMeter({ read: () => joules });
  const first = meter.begin();
  joules = 1010;
  const second = meter.begin();
  joules = 1030;
  expect(first.end()).toBe(20);
  joules = 1035;
  expect(second.end()).toBe(15);
  // Between requests the machine is nobody's.
  joules = 2000;
  const third = meter.begin();
  joules = 2004;
  expect(third.end()).toBe(4);
});

it('a reading that fails makes the share unknown, not small', () => {
  let joules: number | null = 5;
  const meter = createEnergyMeter({ read: () => joules });
  const share = meter.begin();
  joules = null;
  meter.begin();
  joules = 9;
  expect(share.end()).toBeNull();
});
