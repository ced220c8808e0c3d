/** T8, T9: the product opens the browser on a link that holds a token, and every user can read every argv. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { withBrowser } from '../support/browser.ts';
import { requireBuild, startLab, tokenOf, type Lab } from '../support/lab.ts';
import { allProcesses } from '../support/processes.ts';

let folder: string;
let lab: Lab | undefined;
beforeAll(requireBuild);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-opener-'));
});
afterEach(async () => {
  await lab?.stop();
  lab = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Starts the product with stand-ins for the desktop's tools; what the opener was told. */
async function openedBy(defaultBrowser: string): Promise<{ lab: Lab; told: string }> {
  const told = join(folder, 'told');
  program('xdg-settings', `echo '${defaultBrowser}'`);
  // It stays long enough to be looked at.
  program('xdg-open', `echo "$@" > '${told}.tmp'\nmv '${told}.tmp' '${told}'\nexec sleep 5`);
  const env = { DISPLAY: ':99', HOME: folder, PATH: `${folder}:${process.env['PATH']}` };
  lab = await startLab({ open: true, env });
  await vi.waitFor(() => expect(existsSync(told)).toBe(true), 5000);
  return { lab, told: readFileSync(told, 'utf8').trim() };
}

const linux = it.skipIf(process.platform !== 'linux');

linux('the browser is opened on the login, and the token is in no argv', async () => {
  const { lab, told } = await openedBy('firefox.desktop');
  const token = tokenOf(lab.link);
  const holders = allProcesses().filter(({ argv }) => argv.includes(token));
  expect(holders.map(({ argv }) => argv)).toEqual([]);
  expect(told).not.toContain(token);
  const path = fileURLToPath(told);
  expect(dirname(path)).toBe(lab.home);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await withBrowser({}, async (browser) => {
    const page = await browser.newPage();
    await page.goto(told);
    await page.waitForURL(`${lab.url}/`);
    expect(await page.locator('main').count()).toBe(1);
    expect(await page.evaluate(() => localStorage.getItem('ailab-secret'))).toMatch(/^[\w-]{43}$/);
  });
});

linux('a browser from a snap finds the page in its own folder', async () => {
  const own = join(folder, 'snap', 'firefox', 'common');
  mkdirSync(own, { recursive: true });
  const { lab, told } = await openedBy('firefox_firefox.desktop');
  const path = fileURLToPath(told);
  expect(dirname(path)).toBe(own);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toContain(lab.link);
});
