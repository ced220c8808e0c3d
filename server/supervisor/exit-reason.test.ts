import { describe, expect, it } from 'vitest';
import { exitReason, type ExitFacts } from './exit-reason.ts';
import { readMemory } from './memory-evidence.ts';

const plenty = { oomKills: 3, availableBytes: 8e9, totalBytes: 16e9 };
const facts = (change: Partial<ExitFacts>): ExitFacts => ({
  code: null,
  signal: null,
  words: '',
  before: plenty,
  after: plenty,
  ...change,
});

describe('exitReason', () => {
  it.each([
    [facts({ code: 1 }), 'exit code 1'],
    [facts({ signal: 'SIGSEGV' }), 'killed by SIGSEGV'],
    [facts({ signal: 'SIGKILL' }), 'killed by SIGKILL'],
    [facts({ spawnError: 'spawn ENOENT' }), 'could not be started: spawn ENOENT'],
  ])('says it plainly and claims nothing about memory (%#)', (given, reason) => {
    expect(exitReason(given)).toEqual({ reason, outOfMemory: false });
  });

  it('takes a new kill in the kernel counter as evidence', () => {
    const result = exitReason(facts({ signal: 'SIGKILL', after: { ...plenty, oomKills: 4 } }));
    expect(result).toMatchObject({ outOfMemory: true });
    expect(result.reason).toMatch(/^killed by SIGKILL, probably out of memory: the kernel/);
  });

  it('takes scarce memory as evidence only together with SIGKILL', () => {
    const after = { ...plenty, availableBytes: 0.2e9 };
    expect(exitReason(facts({ signal: 'SIGKILL', after })).reason).toContain('only 200 MB of 16000 MB');
    expect(exitReason(facts({ code: 1, after })).outOfMemory).toBe(false);
  });

  it('claims nothing where the platform tells nothing', () => {
    const given = facts({ signal: 'SIGKILL', before: undefined, after: undefined });
    expect(exitReason(given)).toEqual({ reason: 'killed by SIGKILL', outOfMemory: false });
  });

  it("quotes the model server's own words", () => {
    const words = 'loading\nggml_backend_cpu_buffer: failed to allocate buffer of size 99999999\nbye';
    const result = exitReason(facts({ code: 1, words }));
    expect(result.outOfMemory).toBe(true);
    expect(result.reason).toContain('failed to allocate buffer of size 99999999');
  });
});

describe('readMemory', () => {
  const files: Record<string, string> = {
    '/proc/meminfo': 'MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    250 kB\n',
    '/proc/vmstat': 'pgfault 12\noom_kill 2\n',
    '/proc/self/cgroup': '0::/lab\n',
    '/sys/fs/cgroup/lab/memory.events': 'low 0\noom 1\noom_kill 1\n',
  };

  it('adds the kills of the machine and of the control group', () => {
    expect(readMemory((path) => files[path])).toEqual({
      oomKills: 3,
      availableBytes: 256_000,
      totalBytes: 1_024_000,
    });
  });

  it('does not invent a kill count', () => {
    expect(readMemory((path) => (path === '/proc/meminfo' ? files[path] : undefined))?.oomKills).toBeNull();
    expect(readMemory(() => undefined)).toBeUndefined();
  });
});
