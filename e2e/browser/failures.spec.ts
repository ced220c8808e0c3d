import { expect, test, type Browser, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyFreePort } from '../../server/lib/ports.ts';
import { buildGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { SAMPLES } from '../../server/explain/samples.ts';
import { ailab } from '../support/cli.ts';
import { failingRuntime, type FailingRuntime } from '../support/failing-runtime.ts';
import { ROOT, startLab, type Lab } from '../support/lab.ts';

/** Ten bad days in a real browser: each says what happened, where, and what to do. */
test.describe.configure({ mode: 'serial', timeout: 60_000 });

let folder: string;
let weights: string;
const isRoot = process.getuid?.() === 0;
let lab: Lab;
let page: Page;
let runtime: FailingRuntime;
let port: number;

const base = () => `ports: { model: ${port} } # the model’s own\n`;
const config = (text: string) => writeFileSync(join(lab.home, 'ai-lab.yaml'), base() + text);
const working = () => config(`model_path: ${weights}\nengine: embedded\n`);
const attention = () => page.getByTestId('attention');

async function overview(): Promise<void> {
  await page.getByRole('link', { name: 'Overview' }).first().click();
  await expect(page.getByTestId('headline')).toBeVisible();
}

/** Nothing is wider than a phone; where a folder is named, pictures for people at both widths in both themes. */
async function looks(name: string, of: Page = page): Promise<void> {
  const shots = process.env['AILAB_SHOTS'];
  for (const width of [390, 1280]) {
    await of.setViewportSize({ width, height: 900 });
    expect(await of.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    for (const theme of shots === undefined ? [] : (['light', 'dark'] as const)) {
      await of.emulateMedia({ colorScheme: theme });
      await of.screenshot({ path: join(shots ?? '', `${name}-${width}-${theme}.png`), fullPage: true });
    }
  }
}

test.beforeAll(async ({ browser }) => {
  // Not above: the file is also read by the process that only lists the tests.
  folder = mkdtempSync(join(tmpdir(), 'ailab-failures-'));
  weights = join(folder, 'stand-in.gguf');
  writeFileSync(weights, buildGguf());
  runtime = failingRuntime(folder);
  port = await anyFreePort();
  const env = {
    AILAB_ENGINE: '',
    AILAB_RUNTIME: runtime.program,
    DOCKER_HOST: `unix://${join(folder, 'no-docker.sock')}`,
    HF_ENDPOINT: 'http://127.0.0.1:9',
    HF_HUB_OFFLINE: '',
    HF_HUB_CACHE: join(folder, 'hub'),
    AILAB_DOWNLOADER: 'plain',
  };
  lab = await startLab({ env, config: `${base()}model_path: ${weights}\nengine: docker\n` });
  page = await browser.newPage();
  await page.goto(lab.link);
});

test.afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('no Docker: where it was looked for, how to start it, and what works without it', async () => {
  const banner = page.getByTestId('docker-away');
  await expect(banner).toContainText(join(folder, 'no-docker.sock'));
  await expect(banner).toContainText('systemctl start docker');
  await expect(banner).toContainText('--engine embedded');
  await looks('no-docker');
});

test('gpu without a device: refused by name, with the profile that works', async () => {
  config(`model_path: ${weights}\nengine: embedded\nprofile: gpu\n`);
  const lack = page.getByTestId('lack');
  await expect(lack).toContainText('gpu');
  await expect(page.getByTestId('start')).toBeHidden();
  await looks('gpu');
  await lack.getByRole('button', { name: 'Use the profile default' }).click();
  await expect(lack).toBeHidden();
  expect(readFileSync(join(lab.home, 'ai-lab.yaml'), 'utf8')).toContain('# the model’s own');
});

test('wrong path: the path, and that nothing is there', async () => {
  config(`model_path: ${folder}/nowhere/model.gguf\nengine: embedded\n`);
  await expect(page.getByTestId('item-weights-model')).toContainText('Missing');
  await page.getByTestId('start').click();
  await expect(attention()).toContainText(`${folder}/nowhere/model.gguf`);
  await expect(attention()).toContainText('model_path');
  await looks('wrong-path');
});

test('truncated weights: that the file is not whole, and to download it again', async () => {
  const cut = join(folder, 'cut.gguf');
  writeFileSync(cut, buildGguf().subarray(0, 900));
  config(`model_path: ${cut}\nengine: embedded\n`);
  await expect(page.getByTestId('item-weights-cut')).toBeVisible();
  await page.getByTestId('start').click();
  await expect(attention()).toContainText('cut.gguf');
  await expect(attention()).toContainText(/again|another/);
  await looks('truncated');
});

test('port taken: by whom, another one as a change of the file, applied and started', async () => {
  const holder: Server = createServer().listen(port, '127.0.0.1');
  working();
  await expect(page.getByTestId('item-weights-stand-in')).toBeVisible();
  await page.getByTestId('start').click();
  await expect(attention()).toContainText(`Port ${port}`);
  await expect(attention()).toContainText(`(pid ${process.pid})`);
  await page.getByTestId('repair-show').first().click();
  const diff = page.getByTestId('repair-diff').first();
  await expect(diff).toContainText(`taken out: ports: { model: ${port} } # the model’s own`);
  await expect(diff).toContainText('put in: ports: { model: ');
  await looks('port');
  await page.getByTestId('repair-start').first().click();
  await expect(page.getByTestId('headline')).toContainText('The model answers');
  expect(readFileSync(join(lab.home, 'ai-lab.yaml'), 'utf8')).toContain('# the model’s own');
  holder.close();
  await page.getByTestId('stop').click();
  await expect(page.getByTestId('start')).toBeVisible();
});

test('out of memory: in words, with the line of the log, and a smaller context', async () => {
  runtime.fail(SAMPLES[0]?.lines.join('\n') ?? '');
  config(`model_path: ${weights}\nengine: embedded\ncontext_size: 8192 # much\n`);
  await expect(page.getByTestId('item-weights-stand-in')).toBeVisible();
  await page.getByTestId('start').click();
  const failure = attention().getByTestId('failure-kv_cache_too_large');
  await expect(failure).toContainText('KV cache');
  await expect(failure.getByTestId('evidence')).toContainText('failed to allocate buffer for kv cache');
  await expect(failure.getByTestId('evidence')).toContainText('runtime.log');
  await failure.getByText('In its own words').click();
  await expect(failure.getByTestId('raw-words')).toContainText('insufficient memory');
  await failure.getByTestId('repair-show').click();
  await expect(failure.getByTestId('repair-diff')).toContainText('put in: context_size: ');
  await looks('memory');
  await page.getByRole('link', { name: 'Activity' }).first().click();
  await expect(page.getByTestId('failure-kv_cache_too_large').first()).toBeVisible();
  await looks('memory-activity');
  const { stdout } = await ailab(['status', '--home', lab.home]);
  expect(stdout).toContain('KV cache');
  await overview();
  runtime.work(['--fake-chunks=40', '--fake-delay-ms=50']);
  // Someone else writes the file while the change is shown: it is not written over.
  await failure.getByTestId('repair-show').click();
  await expect(failure.getByTestId('repair-diff')).toBeVisible();
  config(`model_path: ${weights}\nengine: embedded\ncontext_size: 8192 # theirs\n`);
  await failure.getByTestId('repair-start').click();
  await expect(failure.getByRole('alert')).toContainText('was changed by someone else');
  await expect(failure.getByTestId('repair-diff')).toContainText('# theirs');
  await failure.getByTestId('repair-start').click();
  await expect(page.getByTestId('headline')).toHaveText(/^The model answers: /);
  expect(readFileSync(join(lab.home, 'ai-lab.yaml'), 'utf8')).toMatch(/context_size: \d+ # theirs/);
});

test('the runtime ends in mid-reply: what came stays, and it is told', async () => {
  await page.getByRole('link', { name: 'Chat' }).first().click();
  await page.getByTestId('chat-input').fill('Hello');
  await page.getByTestId('chat-send').click();
  await expect(page.getByTestId('reply').first()).toContainText('Hello word1');
  const record = JSON.parse(readFileSync(join(lab.home, 'runtime.json'), 'utf8')) as {
    child: { pid: number };
  };
  process.kill(record.child.pid, 'SIGKILL');
  await expect(page.locator('main')).toContainText(/broke off|ended/);
  await looks('mid-reply');
  runtime.work();
});

test('the Hub can’t be reached: which host, why, and that nothing is lost', async () => {
  await page.getByRole('link', { name: 'Models' }).first().click();
  await page.getByTestId('pull-id').fill('org/Some-GGUF:Q4_K_M');
  await page.getByTestId('pull-start').click();
  const failed = page.getByTestId('pull-failed');
  await expect(failed).toContainText('127.0.0.1', { timeout: 30_000 });
  await expect(failed).toContainText('HTTPS_PROXY');
  await looks('hub');
  await page.getByRole('link', { name: 'Activity' }).first().click();
  await expect(page.getByTestId('failure-hub_unreachable').getByTestId('evidence')).toContainText(
    'ECONNREFUSED',
  );
  await looks('hub-activity');
});

test('the support bundle is shown whole before it is saved', async () => {
  await page.goto(`${lab.url}/settings`);
  await page.getByTestId('support-make').click();
  const text = page.getByTestId('support-text');
  await expect(text).toContainText('kv_cache_too_large');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('support-save').click(),
  ]);
  const saved = readFileSync(await download.path(), 'utf8');
  expect(saved).toBe(await text.locator('pre').textContent());
  for (const secret of [lab.home, folder, 'Hello word1']) expect(saved).not.toContain(secret);
  await looks('support');
});

/** With the home of a lab of its own. */
async function inAnother(
  browser: Browser,
  options: Parameters<typeof startLab>[0],
  work: (page: Page, lab: Lab) => Promise<void>,
): Promise<void> {
  const other = await startLab(options);
  const another = await browser.newPage();
  try {
    await another.goto(other.link);
    await work(another, other);
  } finally {
    await another.close();
    await other.stop();
  }
}

test('no permission for Docker: that it is there, and who may use it', async ({ browser }) => {
  const socket = join(folder, 'docker.sock');
  const docker = createServer().listen(socket);
  await new Promise((resolve) => docker.once('listening', resolve));
  chmodSync(socket, 0);
  // Root is stopped by no mode of a file, unless it has laid that power down.
  const setpriv = '/usr/bin/setpriv';
  test.skip(isRoot && !existsSync(setpriv), 'As root, setpriv is needed.');
  if (isRoot) execFileSync('chown', ['65534', socket]);
  const laidDown = ['--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-all'];
  const code = `process.execve(${JSON.stringify(setpriv)}, ${JSON.stringify(['setpriv', ...laidDown])}.concat(process.execPath, process.argv.slice(1)), process.env)`;
  const program = [join(ROOT, 'server', 'bin', 'ailab-web.mjs'), 'serve', '--no-open'];
  await inAnother(
    browser,
    {
      env: { AILAB_ENGINE: 'docker', DOCKER_HOST: `unix://${socket}` },
      config: `model_path: ${weights}\n`,
      ...(isRoot ? { program: ['-e', code, ...program] } : {}),
    },
    async (another) => {
      const banner = another.getByTestId('docker-away');
      await expect(banner).toContainText('may not use it');
      await expect(banner).toContainText('usermod -aG docker');
      await looks('permission', another);
    },
  );
  docker.close();
});

test('a full disk: told at Start and by `status`, and over when there is space', async ({ browser }) => {
  test.skip(!isRoot, 'Only root can mount a small disk.');
  const home = join(folder, 'small');
  mkdirSync(home);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', home]);
  const ballast = join(home, 'ballast');
  try {
    writeFileSync(
      join(home, 'ai-lab.yaml'),
      `ports: { model: ${await anyFreePort()} }\nmodel_path: ${weights}\n`,
    );
    const env = { AILAB_RUNTIME: runtime.program };
    await inAnother(browser, { env, home }, async (another, other) => {
      await expect(another.getByTestId('start')).toBeVisible();
      fill(ballast);
      await another.getByTestId('start').click();
      await expect(another.locator('main')).toContainText('No space is left on the disk');
      await expect(another.locator('main')).toContainText('Free some space');
      await looks('disk', another);
      rmSync(ballast);
      await another.getByTestId('start').click();
      await expect(another.getByTestId('headline')).toContainText('The model answers');
      await ailab(['down', '--home', other.home]);
    });
    fill(ballast);
    const { code, stdout, stderr } = await ailab(['status', '--home', home], { env });
    expect(stdout).toContain('stand-in');
    expect(stderr).toContain('disk_full');
    expect(code).toBe(0);
  } finally {
    execFileSync('umount', ['-l', home]);
  }
});

/** To the last byte. */
function fill(file: string): void {
  for (const size of [1 << 20, 1 << 16, 1 << 12, 1]) {
    try {
      for (let count = 0; count < 5000; count += 1) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for pieces of this size.
    }
  }
}
