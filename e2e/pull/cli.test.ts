/** `ailab-web pull` as its user meets it, alone and handed to a running server. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { activity } from '../../server/schemas/activity.ts';
import { ailab } from '../support/cli.ts';
import { sha256, startHub, type FakeHub } from '../support/hub.ts';
import { cleanEnvironment, requireBuild, ROOT, startLab } from '../support/lab.ts';
import { FILE, modelBytes, REPO, tinyRepo } from './harness.ts';
import { realHf } from './hf-tool.ts';

const content = modelBytes(24_000_000);
const token = 'hf_secretsecret';
const repo = tinyRepo({ files: { [FILE]: content, 'Tiny-Q8_0.gguf': content } });

let hub: FakeHub;
let folder: string;
let home: string;
beforeAll(async () => {
  requireBuild();
  hub = await startHub([repo, { ...repo, id: 'tiny/private', token }]);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.reset();
  folder = mkdtempSync(join(tmpdir(), 'ailab-pullcli-'));
  home = join(folder, 'home');
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

const env = (more: Record<string, string> = {}) => ({
  AILAB_ENGINE: 'embedded',
  AILAB_DOWNLOADER: 'plain',
  HF_HUB_OFFLINE: '',
  HF_HOME: folder,
  HF_ENDPOINT: hub.endpoint,
  ...more,
});
const pull = (id: string, more?: Record<string, string>) =>
  ailab(['pull', id, '--home', home], { env: env(more) });
const blob = () => join(folder, 'hub', `models--${REPO.replace('/', '--')}`, 'blobs', sha256(content));

it('brings the model, says where it is and how to use it; once more is quick and no error', async () => {
  const { code, stdout, stderr } = await pull(REPO);
  expect([code, stderr]).toEqual([0, expect.stringMatching(/Download Tiny-Q4_K_M\.gguf: done/)]);
  expect(stdout).toMatch(
    /^Tiny-Q4_K_M\.gguf has come \(24 MB\).*model_id: tiny\/Tiny-GGUF:Tiny-Q4_K_M\.gguf@0123/,
  );
  expect(readFileSync(/: (\/\S+\.gguf)\./.exec(stdout)?.[1] ?? '').equals(content)).toBe(true);
  expect((await pull(REPO)).stdout).toContain('was here already');
  const { stdout: json } = await ailab(['pull', REPO, '--home', home, '-o', 'json'], { env: env() });
  expect(activity.parse(JSON.parse(json))).toMatchObject({ kind: 'pull', state: 'done' });
});

it('by hf, which is then among the items, and is not brought by anything else', async () => {
  const hf = await realHf();
  const own = [dirname(hf.path), process.env['PATH'] ?? ''].join(delimiter);
  const { code, stderr } = await pull(REPO, { AILAB_DOWNLOADER: 'hf', PATH: own });
  expect([code, readFileSync(blob()).equals(content)]).toEqual([0, true]);
  expect(stderr).not.toMatch(/Install hf/);
  const status = await ailab(['status', '-o', 'json', '--home', hf.home], { env: env() });
  expect(JSON.parse(status.stdout)).toMatchObject({
    managed_items: expect.arrayContaining([
      expect.objectContaining({
        name: 'huggingface_hub',
        domain: 'package',
        manager: hf.manager,
        state: 'managed',
      }),
    ]),
  });
  expect((await ailab(['status', '--home', home], { env: env() })).stdout).not.toContain('huggingface_hub');
});

it('no such quant: exit 1 with what there is; a wrong id: exit 1 and no activity', async () => {
  const missing = await pull(`${REPO}:Q2_K`);
  expect([missing.code, missing.stderr]).toEqual([
    1,
    expect.stringMatching(/hub_file_not_found.*Tiny-Q8_0\.gguf \(24 MB\).*Fix: /s),
  ]);
  expect((await pull('../etc')).code).toBe(1);
});

it('Ctrl-C: exit 130, what has come stays, and the next pull brings the rest', async () => {
  hub.reset({ slowMs: 10 });
  const child = spawn(
    process.execPath,
    [join(ROOT, 'server/bin/ailab-web.mjs'), 'pull', REPO, '--home', home],
    {
      env: { ...cleanEnvironment(), ...env() },
      stdio: 'ignore',
    },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const partial = `${blob()}.incomplete`;
  await expect
    .poll(() => (existsSync(partial) ? statSync(partial).size : 0), { timeout: 20_000 })
    .toBeGreaterThan(1_000_000);
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  const came = statSync(partial).size;
  hub.reset();
  expect((await pull(REPO)).code).toBe(0);
  expect(hub.served()).toBe(content.length - came);
});

it('handed to a running server: its progress is in the activity, and no token is anywhere', async () => {
  hub.reset({ slowMs: 4 });
  const lab = await startLab({ home, env: env({ HF_TOKEN: token }) });
  try {
    const started = await lab.api().models.pull.mutate({ id: 'tiny/private' });
    const progress = async () => {
      const { steps } = await lab.api().activity.get.query({ id: started.id });
      return steps.find(({ name }) => name === 'download')?.progress;
    };
    await expect
      .poll(progress, { timeout: 20_000 })
      .toMatchObject({ total: content.length, rate: expect.any(Number) });
    await expect
      .poll(async () => (await lab.api().activity.get.query({ id: started.id })).state, { timeout: 30_000 })
      .toBe('done');
    const all = JSON.stringify(await lab.api().activity.list.query({ limit: 5 }));
    expect([all.includes('tiny/private'), all.includes(token), lab.output().includes(token)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(readFileSync(join(home, 'ailab.db')).includes(token)).toBe(false);
  } finally {
    await lab.stop();
  }
});
