// `npm test`, straight after `git clone`: format, lint, types, unit tests (within 5 s), build, then the product itself:
// processes, defences, the package, the browser. The last line sums all suites.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { passNodeGate } from './node-gate.mjs';
import { ensureBuilt, ensureInstalled, ROOT } from './prepare.mjs';

const UNIT_SECONDS_MAX = 5;
/** So many that the lanes end together, so few that starting Playwright does not count. */
const BROWSER_PARTS = 6;
const ORCHESTRATOR_LINES_MAX = 300;
const ORCHESTRATOR_FILES = ['server/engine/orchestrator.ts', 'server/engine/hooks.ts'];

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function tally(name, { passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  if (failed > 0) failures.push(name);
}

/** One check that either holds or not. */
function check(name, ok, why = '') {
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}${why === '' ? '' : `: ${why}`}`);
  tally(name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 });
}

function tool(name) {
  return join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
}

function run(file, args, options = {}) {
  const child = spawn(file, args, { cwd: ROOT, env: environment(), ...options });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

/** Children run on this Node, and on nothing that the caller's shell happens to say about a lab. */
function environment() {
  const env = {
    ...process.env,
    PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
    NEXT_TELEMETRY_DISABLED: '1',
  };
  for (const name of [
    'AILAB_HOME',
    'MODEL_ID',
    'MODEL_PATH',
    'AILAB_ENGINE',
    'AILAB_PROFILE',
    'AILAB_RUNTIME',
  ])
    delete env[name];
  return env;
}

async function command(name, file, args) {
  const { code, output } = await run(file, args);
  if (code !== 0) console.log(output.trim());
  check(name, code === 0);
}

function orchestratorSize() {
  const lines = ORCHESTRATOR_FILES.filter((file) => existsSync(join(ROOT, file)))
    .map((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1)
    .reduce((sum, count) => sum + count, 0);
  check('orchestrator', lines <= ORCHESTRATOR_LINES_MAX, `${lines} of ${ORCHESTRATOR_LINES_MAX} lines`);
}

/** A vitest suite, shown as it runs or, `quietly`, when it has ended; its JSON report is what is counted. */
async function vitest(name, args, { quietly = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ailab-report-'));
  const report = join(folder, 'report.json');
  const begun = performance.now();
  const { code, output } = await run(
    tool('vitest'),
    ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    quietly ? {} : { stdio: 'inherit' },
  );
  if (quietly) console.log(output);
  const seconds = (performance.now() - begun) / 1000;
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    tally(name, { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests });
    // A suite that could not even be loaded has no failed test.
    if (code !== 0 && numFailedTests === 0) check(name, false, `vitest ended with ${code}`);
  } else {
    check(name, false, `vitest ended with ${code} and left no report`);
  }
  rmSync(folder, { recursive: true, force: true });
  return seconds;
}

/** Two lanes, as most tests wait more than they work: whichever is through takes the next part of the browser's. */
async function product() {
  // Once more, on a machine that two lanes keep busy: a defect fails twice, and the output names what did once.
  const config = ['--config', 'e2e/vitest.config.ts', '--retry=1'];
  const parts = Array.from({ length: BROWSER_PARTS }, (_, index) => index + 1);
  const browser = async () => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) await playwright(part);
  };
  await Promise.all([
    vitest('docker', [...config, '--dir', 'e2e/docker']).then(browser),
    vitest('product', [...config, '--exclude', 'docker/**'], { quietly: true }).then(browser),
  ]);
}

/** A busy moment of the machine is not a slow suite: past the limit it is run once more, and the faster run counts. */
async function unitSeconds() {
  const first = await vitest('unit', []);
  if (first <= UNIT_SECONDS_MAX) return first;
  console.log(`Unit tests took ${first.toFixed(1)} s; once more, in case the machine was busy.`);
  const begun = performance.now();
  const { code } = await run(tool('vitest'), ['run', '--reporter=dot']);
  return code === 0 ? Math.min(first, (performance.now() - begun) / 1000) : first;
}

async function playwright(part) {
  const name = `browser ${part} of ${BROWSER_PARTS}`;
  const folder = join(ROOT, 'e2e', '.out');
  mkdirSync(folder, { recursive: true });
  const report = join(folder, `browser-${part}.json`);
  rmSync(report, { force: true });
  const { code, output } = await run(
    tool('playwright'),
    [
      'test',
      '--config=e2e/playwright.config.ts',
      `--shard=${part}/${BROWSER_PARTS}`,
      '--retries=1',
      '--reporter=list,json',
      // Of its own: each run empties it first.
      `--output=${join(folder, `browser-${part}`)}`,
    ],
    { env: { ...environment(), PLAYWRIGHT_JSON_OUTPUT_NAME: report } },
  );
  console.log(output);
  if (!existsSync(report)) {
    check(name, false, `playwright ended with ${code} and left no report`);
    return;
  }
  const { stats } = JSON.parse(readFileSync(report, 'utf8'));
  tally(name, {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  });
  if (code !== 0 && stats.unexpected === 0) check(name, false, `playwright ended with ${code}`);
}

/** Debian's Chromium as root, else Playwright's own; without either the browser tests fail, they are not skipped. */
function ensureChromium() {
  if (['/usr/bin/chromium', '/usr/bin/google-chrome'].some((path) => existsSync(path))) return;
  const debian = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  console.log('Getting Chromium (once) …');
  if (debian) {
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'inherit' });
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } else {
    spawnSync(tool('playwright'), ['install', 'chromium'], { stdio: 'inherit' });
  }
}

function tryBuild() {
  try {
    ensureBuilt();
    return true;
  } catch (error) {
    console.log(String(error));
    return false;
  }
}

async function main() {
  const begun = performance.now();
  ensureInstalled();
  await command('format', tool('oxfmt'), ['--check', '.']);
  await command('lint', tool('oxlint'), ['--deny-warnings']);
  await command('types', tool('tsc'), ['--noEmit']);
  orchestratorSize();
  const seconds = await unitSeconds();
  check(
    'unit tests in time',
    seconds <= UNIT_SECONDS_MAX,
    `${seconds.toFixed(1)} s of ${UNIT_SECONDS_MAX} s`,
  );
  // Without a build there is no product to try.
  const built = tryBuild();
  check('build', built);
  if (built) {
    ensureChromium();
    await product();
  }
  if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}`);
  console.log(`All suites in ${Math.round((performance.now() - begun) / 1000)} s`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed === 0 ? 0 : 1);
}

if (passNodeGate(fileURLToPath(import.meta.url), process.argv.slice(2))) await main();
