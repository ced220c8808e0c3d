/**
 * Lighthouse over every page of the rail on the built product, logged in: as a desktop, and with a processor four
 * times slower; beside it an empty Next app, which is what the framework and this machine leave to be reached.
 * `AILAB_BENCH_PAGES=/,/chat` takes these pages alone. Lighthouse is no part of the project: it is fetched once into
 * the cache, at one version.
 */
import { chromium, type BrowserContext } from '@playwright/test';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { exec } from '../../server/lib/exec.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { emptyApp, startNext } from './next-app.ts';
import type { Row } from './stats.ts';
import { npmTool } from './tools.ts';

const VERSION = '13.5.0';
const CHROMIUM = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);
/** Every page has come by then, many times over. */
const LOADED_MS = 10_000;
const MOST_CHARACTERS = 64 * 1024 * 1024;
const GOALS = { performance: 95, accessibility: 100 } as const;
const LOOKS = [
  { name: 'desktop', flags: [] },
  { name: 'desktop, 4× CPU', flags: ['--throttling.cpuSlowdownMultiplier=4'] },
];

const report = z.object({
  categories: z.object({
    performance: z.object({ score: z.number().nullable() }),
    accessibility: z.object({ score: z.number().nullable() }),
  }),
  audits: z.record(
    z.string(),
    z.object({ score: z.number().nullable(), numericValue: z.number().optional() }),
  ),
});
type Report = z.infer<typeof report>;

export async function benchLighthouse(): Promise<Row[]> {
  const profile = mkdtempSync(join(tmpdir(), 'ailab-bench-'));
  const model = await standInModel();
  const lab = await startLab({ env: model.env, config: model.config });
  const port = await anyFreePort();
  const emptyPort = await anyFreePort();
  const empty = startNext(emptyApp(), emptyPort);
  let browser: BrowserContext | undefined;
  try {
    await bringUp(lab);
    // Lighthouse opens its tab in this browser's own context: the login is there already.
    browser = await chromium.launchPersistentContext(profile, {
      ...(CHROMIUM === undefined ? {} : { executablePath: CHROMIUM }),
      args: [`--remote-debugging-port=${port}`, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
    });
    const all = await logIn(browser, lab);
    const paths = process.env['AILAB_BENCH_PAGES']?.split(',') ?? all;
    const rows: Row[] = [];
    for (const { name, flags } of LOOKS) {
      const floor = await audit(`http://127.0.0.1:${emptyPort}/`, port, flags);
      rows.push({
        what: `Lighthouse performance: an empty Next app, ${name}`,
        figure: performanceOf(floor),
      });
      for (const path of paths)
        rows.push(...rowsOf(`${path}, ${name}`, await audit(lab.url + path, port, flags)));
    }
    return rows;
  } finally {
    await browser?.close();
    await empty.stop();
    await ailab(['down', '--home', lab.home]);
    await lab.stop();
    model.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The pages of the rail. */
async function logIn(browser: BrowserContext, lab: Lab): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto(lab.link);
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  await links.first().waitFor();
  const paths = await links.evaluateAll((all) =>
    all.map((one) => new URL((one as HTMLAnchorElement).href).pathname),
  );
  await page.close();
  return paths;
}

/** Awaited, not blocked on: Playwright holds each new tab until it has answered for it. */
async function audit(url: string, port: number, flags: string[]): Promise<Report> {
  const { code, stdout, stderr } = await exec(
    process.execPath,
    [
      join(npmTool('lighthouse', VERSION), 'cli', 'index.js'),
      url,
      `--port=${port}`,
      // The event stream stays open, so it would wait its whole 45 s for the network to fall silent.
      `--max-wait-for-load=${LOADED_MS}`,
      '--preset=desktop',
      ...flags,
      '--only-categories=performance,accessibility',
      '--output=json',
      '--quiet',
    ],
    { keep: MOST_CHARACTERS },
  );
  if (code !== 0) throw new Error(`Lighthouse failed on ${url}: ${stderr.slice(-500)}`);
  return report.parse(JSON.parse(stdout));
}

const scoreOf = (score: number | null) => Math.round((score ?? 0) * 100);

function performanceOf({ categories, audits }: Report): string {
  const value = (name: string) => audits[name]?.numericValue ?? Number.NaN;
  const ms = (name: string) => `${Math.round(value(name))} ms`;
  return `${scoreOf(categories.performance.score)} (LCP ${ms('largest-contentful-paint')}, blocking ${ms('total-blocking-time')}, shift ${value('cumulative-layout-shift').toFixed(3)})`;
}

function rowsOf(what: string, report: Report): Row[] {
  const { categories, audits } = report;
  return (['performance', 'accessibility'] as const).map((name) => {
    const score = scoreOf(categories[name].score);
    const failing = Object.entries(audits).filter(([, { score }]) => score === 0);
    const why = score >= GOALS[name] ? '' : `; ${failing.map(([id]) => id).join(', ')}`;
    return {
      what: `Lighthouse ${name}: ${what}`,
      figure: `${name === 'performance' ? performanceOf(report) : score}${why}`,
      goal: `≥ ${GOALS[name]}`,
      met: score >= GOALS[name],
    };
  });
}
