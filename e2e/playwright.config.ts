import { defineConfig } from '@playwright/test';
import { existsSync } from 'node:fs';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));

/** The built product in a real browser. One worker: there is one model and two cores. */
export default defineConfig({
  testDir: './browser',
  outputDir: './.out/browser',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env['CI'] !== undefined,
  use: {
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: {
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      // Chromium's sandbox does not run as root, which is what CI is.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
});
