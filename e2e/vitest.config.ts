import { defineConfig } from 'vitest/config';

/** The built product as its user meets it: real processes, real sockets, a real browser. One file after the other. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ['**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
