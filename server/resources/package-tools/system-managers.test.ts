import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBrew } from './brew.ts';

let prefix: string;
beforeEach(() => {
  prefix = mkdtempSync(join(tmpdir(), 'ailab-brew-'));
  mkdirSync(join(prefix, 'bin'));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

const context = { signal: new AbortController().signal, report: () => undefined };
/** A stand-in for brew that notes its arguments. */
const brewThat = (script: string) => {
  writeFileSync(join(prefix, 'bin', 'brew'), `#!/bin/sh\necho "$@" >"$0.args"\n${script}\n`, { mode: 0o755 });
  return createBrew({ NODE_ENV: 'test', PATH: join(prefix, 'bin') });
};

describe.skipIf(process.platform === 'win32')('brew', () => {
  it('installs the formula, and reads its version from the Cellar without asking brew', async () => {
    const brew = brewThat('');
    expect(await brew.installed(context.signal)).toEqual(new Map());
    await brew.install({ name: 'llama.cpp', version: null }, context);
    expect(readFileSync(join(prefix, 'bin', 'brew.args'), 'utf8')).toBe('install --quiet llama.cpp\n');
    mkdirSync(join(prefix, 'Cellar', 'llama.cpp', '7100'), { recursive: true });
    expect(await brew.installed(context.signal)).toEqual(new Map([['llama.cpp', '7100']]));
  });

  it('fails with its exit code and last words', async () => {
    const brew = brewThat('echo "No formula found" >&2; exit 3');
    await expect(brew.install({ name: 'llama.cpp', version: null }, context)).rejects.toMatchObject({
      code: 'install_failed',
      message: expect.stringMatching(/exit code 3.*No formula found/),
    });
  });

  it('is not available where it is not on the PATH', async () => {
    expect(await createBrew({ NODE_ENV: 'test', PATH: '' }).available(context.signal)).toBe(false);
  });
});
