import { describe, expect, it } from 'vitest';
import { linuxCores, parseCpuList } from './threads.ts';

/** Four logical CPUs on two cores: 0 and 2 are siblings, 1 and 3 are. */
const siblings = ['0,2', '1,3', '0,2', '1,3'];
const machine = (allowed: string) => (path: string) => {
  if (path === '/proc/self/status') return `Name:\tx\nCpus_allowed_list:\t${allowed}\n`;
  const cpu = /cpu(\d+)\/topology/.exec(path)?.[1];
  return cpu === undefined ? undefined : siblings[Number(cpu)];
};

describe('linuxCores', () => {
  it('counts cores, not hyperthreads, and only those we may use', () => {
    expect(linuxCores(machine('0-3'))).toBe(2);
    expect(linuxCores(machine('0,2'))).toBe(1);
    expect(linuxCores(machine('0-1'))).toBe(2);
  });

  it('knows nothing where the kernel tells nothing', () => {
    expect(linuxCores(() => undefined)).toBeUndefined();
    expect(linuxCores(machine('0-7'))).toBeUndefined();
  });
});

describe('parseCpuList', () => {
  it('reads ranges and single CPUs, and drops what is neither', () => {
    expect(parseCpuList('0-2,5,7-8')).toEqual([0, 1, 2, 5, 7, 8]);
    expect(parseCpuList('x,1')).toEqual([1]);
  });
});
