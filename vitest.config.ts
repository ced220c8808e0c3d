import { defineConfig } from 'vitest/config';

/** Unit and fast tests: beside the code, all of them within 5 s (server/bin/test.mjs fails past it). */
export default defineConfig({
  test: {
    include: ['app/**/*.test.ts', 'db/**/*.test.ts', 'server/**/*.test.ts', 'stacks/**/*.test.ts'],
    environment: 'node',
    pool: 'forks',
    isolate: false,
    // One process: most of the time goes into loading modules, and a second one would load them again.
    maxWorkers: 1,
    experimental: { viteModuleRunner: false },
    testTimeout: 2000,
  },
});
