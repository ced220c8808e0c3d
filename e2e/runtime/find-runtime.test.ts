import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findRuntime,
  lookForRuntime,
  NODE_LLAMA_CPP_VERSION,
  parseVersion,
} from '../../server/resources/embedded-runtime/find-runtime.ts';

const FLAGS = '--alias --api-key-file --cache-ram --cors-origins --device --metrics --offline';
const OURS = { kind: 'node-llama-cpp', version: NODE_LLAMA_CPP_VERSION };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ailab-path-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(script: string): { path: string; env: NodeJS.ProcessEnv } {
  const path = join(folder, 'llama-server');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { path, env: { NODE_ENV: 'test', PATH: folder } };
}

describe.skipIf(process.platform === 'win32')('findRuntime', () => {
  it('takes a llama-server on the PATH that answers and knows our flags', async () => {
    const { path, env } = install(
      `case $1 in --version) echo 'version: 0.7.0 (build 11669, commit x)' >&2;; *) echo '${FLAGS}';; esac`,
    );
    expect(await findRuntime(env)).toEqual({ kind: 'llama-server', path, version: '0.7.0' });
    expect(await findRuntime({ ...env, AILAB_RUNTIME: 'node-llama-cpp' })).toEqual(OURS);
  });

  it('takes node-llama-cpp where there is none', async () => {
    const finding = await lookForRuntime({ NODE_ENV: 'test', PATH: folder });
    expect(finding).toEqual({ choice: OURS, reason: 'no llama-server is on the PATH' });
  });

  it.each([
    [
      'broken',
      'echo "libllama.so: cannot open shared object file" >&2; exit 127',
      'cannot open shared object',
    ],
    ['old', 'echo "version: 3000 (abc) --alias --metrics"', 'it is too old: it has no --api-key-file'],
  ])('passes a %s one over and says why', async (_name, script, why) => {
    const { env, path } = install(script);
    const finding = await lookForRuntime(env);
    expect(finding.choice).toEqual(OURS);
    expect(finding.reason).toContain(`${path} was passed over`);
    expect(finding.reason).toContain(why);
    await expect(findRuntime({ ...env, AILAB_RUNTIME: path })).rejects.toMatchObject({
      code: 'runtime_unusable',
    });
  });

  it('refuses a forced runtime that is not there, and a folder', async () => {
    for (const forced of [join(folder, 'none'), folder, 'llama-server']) {
      await expect(
        findRuntime({ NODE_ENV: 'test', PATH: folder, AILAB_RUNTIME: forced }),
      ).rejects.toMatchObject({ code: 'runtime_unusable', fix: expect.stringContaining('AILAB_RUNTIME') });
    }
  });
});

describe('parseVersion', () => {
  it('reads both shapes and makes nothing up', () => {
    expect(parseVersion('version: 0.7.0 (build 11669, commit Debian)\nbuilt with')).toBe('0.7.0');
    expect(parseVersion('load_backend: x\nversion: 6123 (abcdef0)')).toBe('6123');
    expect(parseVersion('usage: llama-server')).toBeNull();
  });
});
