import { defineConfig } from 'vitest/config';

/** The built product as its user meets it: real processes, real sockets, a real browser. One file after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    // Of the few tests that say that they may run beside each other.
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
