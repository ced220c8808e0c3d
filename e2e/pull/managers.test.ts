/** uv, pipx and pip as they are, with a small package from the real index; and machines that lack one or the other. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bringHf } from '../../server/engine/bring-hf.ts';
import { createRecorder } from '../../server/engine/recorder.ts';
import { exec } from '../../server/lib/exec.ts';
import { locateHome, type Home } from '../../server/lib/home.ts';
import { which } from '../../server/lib/which.ts';
import { findHf, hfItems, hfTools, installHf } from '../../server/resources/package-tools/hf.ts';
import { createPip } from '../../server/resources/package-tools/pip.ts';
import { createPipx } from '../../server/resources/package-tools/pipx.ts';
import type { PythonTools } from '../../server/resources/package-tools/python-tools.ts';
import { createUv } from '../../server/resources/package-tools/uv.ts';
import { quiet, realHf, realManagers } from './hf-tool.ts';

const SMALL = { name: 'cowsay', version: '6.1' };

let managers: string;
let root: string;
let home: Home;
let bin: string;
beforeAll(async () => {
  managers = await realManagers();
}, 300_000);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ailab-managers-'));
  home = locateHome(join(root, 'a home'));
  bin = join(root, 'bin');
  mkdirSync(bin);
});
afterEach(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** A machine with nothing but what stands in `bin`, and what else is named. */
const machine = (...more: string[]): NodeJS.ProcessEnv => ({
  ...process.env,
  PATH: [bin, ...more].join(delimiter),
});
const script = (name: string, text: string) => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
};
const here = (name: string) => symlinkSync(which(name) ?? '', join(bin, name));

/** Python as Debian gives it without python3-venv: no ensurepip. */
function pythonWithoutEnsurepip(): void {
  const site = join(root, 'site');
  mkdirSync(site);
  writeFileSync(join(site, 'sitecustomize.py'), "import sys\nsys.modules['ensurepip'] = None\n");
  script('python3', `PYTHONPATH='${site}' exec '${which('python3') ?? ''}' "$@"`);
}

async function proves(tools: PythonTools): Promise<void> {
  expect([await tools.available(quiet.signal), await tools.installed(quiet.signal)]).toEqual([
    true,
    new Map(),
  ]);
  await tools.install(SMALL, quiet);
  expect(await tools.installed(quiet.signal)).toEqual(new Map([['cowsay', '6.1']]));
  const path = tools.program('cowsay', 'cowsay');
  expect(path.startsWith(home.tools)).toBe(true);
  expect((await exec(path, ['-t', 'moo'], { env: process.env })).stdout).toContain('moo');
}

describe('the real managers', () => {
  it('uv, and once more is no error', async () => {
    const uv = createUv({ home, env: machine(managers, '/usr/bin', '/bin') });
    await proves(uv);
    await uv.install(SMALL, quiet);
    expect((await uv.installed(quiet.signal)).size).toBe(1);
  });

  it('pipx', () => proves(createPipx({ home, env: machine(managers, '/usr/bin', '/bin') })));

  it('pip, in an environment of its own', () => {
    here('python3');
    return proves(createPip({ home, env: machine('/usr/bin', '/bin') }));
  });

  it("pip with a Python that has no ensurepip, as Debian's", () => {
    pythonWithoutEnsurepip();
    return proves(createPip({ home, env: machine('/usr/bin', '/bin') }));
  });

  it('a package that does not exist: exit code and the own last words', async () => {
    const uv = createUv({ home, env: machine(managers, '/usr/bin', '/bin') });
    await expect(uv.install({ name: 'cowsay', version: '999.0' }, quiet)).rejects.toMatchObject({
      code: 'install_failed',
      message: expect.stringMatching(
        /^uv could not install cowsay@999\.0: it ended with exit code \d\. .*cowsay/s,
      ),
    });
  });
});

describe('a machine that lacks them', () => {
  it('absent is no error, and there is nothing to bring hf with', async () => {
    const options = { home, env: machine() };
    for (const tools of hfTools(options)) {
      expect(await tools.available(quiet.signal)).toBe(false);
      expect(await tools.installed(quiet.signal)).toEqual(new Map());
    }
    expect([await findHf(options, quiet.signal), await installHf(options, quiet)]).toEqual([null, null]);
  });

  it('a Python that can make no environment is none', async () => {
    script('python3', `echo '{"venv": true, "ensurepip": false, "pip": "20.3.4"}'`);
    expect(await createPip({ home, env: machine() }).available(quiet.signal)).toBe(false);
  });

  it('one that fails is passed over; where all fail, each is quoted, and no password', async () => {
    script(
      'uv',
      '[ "$1" = --version ] && exit 0; echo "no index at https://me:s3cret@mirror.invalid" >&2; exit 2',
    );
    script('pipx', '[ "$1" = --version ] && exit 0; echo "pipx is sad"; exit 1');
    const failure = await installHf({ home, env: machine() }, quiet).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'hf_not_installable',
      message: expect.stringMatching(
        /uv .*exit code 2.*no index at https:\/\/….*pipx .*exit code 1.*pipx is sad/s,
      ),
    });
    expect(String(failure)).not.toContain('s3cret');
  });

  it('tokens are not given to installers', async () => {
    script('uv', `[ "$1" = --version ] || env > '${root}/env'; exit 0`);
    const env = { ...machine('/usr/bin', '/bin'), HF_TOKEN: 'hf_topsecret', UV_TOOL_DIR: '/elsewhere' };
    await createUv({ home, env }).install(SMALL, quiet);
    const seen = readFileSync(join(root, 'env'), 'utf8');
    expect([seen.includes('topsecret'), seen.includes('/elsewhere')]).toEqual([false, false]);
  });
});

describe('finding hf', () => {
  const run = () => {
    const recorder = createRecorder(
      { id: 'p', kind: 'pull', startedBy: 'cli', startedAt: 0 },
      () => undefined,
    );
    return {
      activityId: 'p',
      signal: quiet.signal,
      step: recorder.step,
      steps: () => recorder.current().steps,
    };
  };

  it('a huggingface-cli of today only says that it is dead; an old one does', async () => {
    const options = { home, env: machine() };
    script(
      'huggingface-cli',
      "echo 'Warning: huggingface-cli is deprecated and no longer works.' >&2; exit 1",
    );
    expect(await findHf(options, quiet.signal)).toBeNull();
    script('huggingface-cli', '[ "$1" = env ] && echo "- huggingface_hub version: 0.24.0"');
    expect(await findHf(options, quiet.signal)).toEqual({
      path: join(bin, 'huggingface-cli'),
      version: '0.24.0',
    });
    script('huggingface-cli', '[ "$1" = env ] && echo "- huggingface_hub version: 0.9.1"');
    expect(await findHf(options, quiet.signal)).toBeNull();
  });

  it('another program of that name is not taken for it', async () => {
    script('hf', 'echo "hf, the ham radio tool"');
    expect(await findHf({ home, env: machine() }, quiet.signal)).toBeNull();
  });

  it("the user's own comes first, and nothing is installed", async () => {
    const hf = await realHf();
    symlinkSync(hf.path, join(bin, 'hf'));
    const doing = run();
    expect(await bringHf({ home, env: machine('/usr/bin', '/bin') }, doing)).toEqual({
      path: join(bin, 'hf'),
      version: hf.version,
    });
    expect([doing.steps(), hfItems({ home, env: machine() })]).toEqual([[], []]);
  });

  it('AILAB_DOWNLOADER: plain asks for none, hf takes nothing else, another word is refused', async () => {
    const options = (wish: string) => ({ home, env: { ...machine(), AILAB_DOWNLOADER: wish } });
    expect(await bringHf(options('plain'), run())).toBeNull();
    expect(await bringHf(options(''), run())).toBeNull();
    await expect(bringHf(options('hf'), run())).rejects.toMatchObject({ code: 'hf_not_installable' });
    await expect(bringHf(options('curl'), run())).rejects.toMatchObject({ code: 'downloader_unknown' });
  });
});
