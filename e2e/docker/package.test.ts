/** The package as npm makes it, installed into an empty folder, on a real Docker engine: up, a chat, and away again. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { installPackage } from '../package/layouts.ts';
import { ailab } from '../support/cli.ts';
import { requireBuild } from '../support/lab.ts';
import { startTestEngineOrSkip, type TestEngine } from './harness/engine.ts';
import { labConfig } from './lab-config.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 900_000 });

const found = await startTestEngineOrSkip();
const reason = found.kind === 'none' ? ` (skipped: ${found.unavailable})` : '';

describe.skipIf(found.kind === 'none')(`the installed package on a real engine${reason}`, () => {
  let engine: TestEngine;
  let folder: string;
  let home: string;
  let cli: (...args: string[]) => ReturnType<typeof ailab>;
  beforeAll(async () => {
    if (found.kind === 'none') return;
    engine = found;
    requireBuild();
    folder = mkdtempSync(join(tmpdir(), 'ailab-installed-'));
    home = join(folder, 'home');
    mkdirSync(home);
    const config = { ...(await labConfig(engine)), services: ['prometheus'] };
    writeFileSync(join(home, 'ai-lab.yaml'), stringify(config));
    const { bin } = installPackage(folder);
    cli = (...args) =>
      ailab([...args, '--home', home], { bin, env: { ...engine.env, AILAB_ENGINE: 'docker' } });
  });
  afterAll(async () => {
    await engine?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('comes up from the stack file that it brings, and chats', async () => {
    expect(await cli('up')).toMatchObject({ code: 0, stdout: expect.stringContaining('The model answered') });
    expect((await engine.docker('ps', '--format', '{{.Names}}')).trim().split('\n')).toHaveLength(2);
    const { code, stdout, stderr } = await cli('chat', 'Hello');
    expect([code, stderr, stdout]).toEqual([
      0,
      expect.any(String),
      expect.stringMatching(/\b(hello|hi|hey|welcome)\b/i),
    ]);
  });

  it('is gone after purge', async () => {
    expect(await cli('purge', '--yes')).toMatchObject({ code: 0 });
    const left = await Promise.all([
      engine.docker('ps', '-aq'),
      engine.docker('volume', 'ls', '-q'),
      engine.docker('network', 'ls', '-q', '--filter', 'type=custom'),
    ]);
    expect([left.join('').trim(), existsSync(home)]).toEqual(['', false]);
  });
});
