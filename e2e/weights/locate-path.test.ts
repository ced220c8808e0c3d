import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildGguf, buildSplitGguf } from '../../server/resources/model-weights/gguf-fixture.ts';
import { locatePath } from '../../server/resources/model-weights/locate-path.ts';
import {
  canLoseRights,
  testFolder,
  withoutRootRights,
} from '../../server/resources/model-weights/test-folder.ts';

const folder = testFolder();
afterAll(() => folder.remove());
const model = buildGguf();

const refused = (path: string, expected: { code: string; message?: string[]; fix?: string }) =>
  locatePath(path).then(
    (found) => expect.fail(`found ${found}`),
    (error: { code: string; message: string; fix: string }) => {
      expect(error.code).toBe(expected.code);
      for (const part of expected.message ?? []) expect(error.message).toContain(part);
      expect(error.fix).toContain(expected.fix ?? '');
      expect(error.fix.length).toBeGreaterThan(10);
    },
  );

test('a file, a link to one, a folder with one, a path from the user folder', async () => {
  const path = folder.write('one/model.gguf', model);
  folder.write('one/mmproj-model-f16.gguf', model);
  folder.write('one/README.md', 'words');
  symlinkSync(path, folder.path('link.gguf'));
  expect(await locatePath(path)).toBe(path);
  expect(await locatePath(folder.path('link.gguf'))).toBe(folder.path('link.gguf'));
  expect(await locatePath(folder.path('one'))).toBe(path);
  expect(await locatePath(`~/${relative(homedir(), path)}`)).toBe(path);
});

test('a missing path names what lies beside it', async () => {
  folder.write('near/model-a.gguf', model);
  await refused(folder.path('near/model-b.gguf'), {
    code: 'weights_not_found',
    message: ['near/model-b.gguf', 'model-a.gguf'],
    fix: 'model_path',
  });
  await refused(folder.path('nowhere/x.gguf'), { code: 'weights_not_found', fix: 'model_path' });
  await refused(folder.path(`${'x'.repeat(300)}.gguf`), { code: 'weights_not_found' });
  await refused(folder.path('near/model-a.gguf/below.gguf'), { code: 'weights_not_found' });
});

test('links to nothing and to themselves', async () => {
  symlinkSync(folder.path('gone.gguf'), folder.path('dangling.gguf'));
  symlinkSync(folder.path('loop.gguf'), folder.path('loop.gguf'));
  await refused(folder.path('dangling.gguf'), { code: 'weights_dangling_link', message: ['gone.gguf'] });
  await refused(folder.path('loop.gguf'), { code: 'weights_dangling_link', message: ['back to itself'] });
  mkdirSync(folder.path('dangling-inside'));
  symlinkSync(folder.path('gone.gguf'), folder.path('dangling-inside/model.gguf'));
  await refused(folder.path('dangling-inside'), { code: 'weights_dangling_link' });
});

test('folders: empty, without a model, with sidecars only, with several', async () => {
  mkdirSync(folder.path('empty'));
  await refused(folder.path('empty'), { code: 'weights_folder_empty', message: ['found nothing'] });
  folder.write('other/notes.txt', 'x');
  await refused(folder.path('other'), { code: 'weights_folder_empty', message: ['notes.txt'] });
  folder.write('sidecars/mmproj-x.gguf', model);
  await refused(folder.path('sidecars'), { code: 'weights_folder_empty', message: ['mmproj-x.gguf'] });
  folder.write('several/b.gguf', model);
  folder.write('several/a.gguf', model);
  await refused(folder.path('several'), {
    code: 'weights_ambiguous',
    message: ['2 models', 'a.gguf, b.gguf'],
    fix: `model_path: ${folder.path('several/a.gguf')}`,
  });
});

test('a folder whose model is named .gguf but is a folder', async () => {
  mkdirSync(folder.path('nested/model.gguf'), { recursive: true });
  await refused(folder.path('nested'), { code: 'weights_not_a_file' });
});

test.skipIf(process.platform === 'win32')('a pipe is refused, not waited for', async () => {
  expect(spawnSync('mkfifo', [folder.path('pipe.gguf')]).status).toBe(0);
  await refused(folder.path('pipe.gguf'), { code: 'weights_not_a_file' });
});

test('zero bytes, half-downloaded, sidecars', async () => {
  await refused(folder.write('zero.gguf', ''), { code: 'weights_zero_bytes', fix: 'download' });
  for (const name of ['x.gguf.incomplete', 'x.gguf.part', 'x.gguf.crdownload', 'x.aria2'])
    await refused(folder.write(`half/${name}`, model), { code: 'weights_incomplete', message: [name] });
  await refused(folder.path('half'), { code: 'weights_incomplete' });
  await refused(folder.path('half/x.gguf'), { code: 'weights_incomplete' });
  folder.write('aria/y.gguf.aria2', 'x');
  await refused(folder.write('aria/y.gguf', model), { code: 'weights_incomplete' });
  for (const name of ['mmproj-model-f16.gguf', 'mtp-model.gguf', 'gemma-mmproj-f16.gguf'])
    await refused(folder.write(`side/${name}`, model), { code: 'weights_sidecar', fix: 'model file itself' });
});

test.each([
  ['lfs.gguf', 'version https://git-lfs.github.com/spec/v1\noid sha256:00', 'Git LFS', 'git lfs pull'],
  ['page.gguf', '<!DOCTYPE html><html>', 'web page', 'download'],
  ['json.gguf', '{"error":"Entry not found"}', 'JSON', 'download'],
  ['zip.gguf', 'PK\u0003\u0004', 'zip archive', 'GGUF'],
  ['ggml.gguf', 'tjgg\u0001\u0000\u0000\u0000', 'old GGML', 'GGUF'],
  ['zeros.gguf', '\u0000'.repeat(64), 'all zero', 'download'],
  ['noise.gguf', 'noise', 'does not begin with "GGUF"', 'GGUF'],
])('%s is not GGUF, and is named', async (name, content, inMessage, fix) => {
  await refused(folder.write(`wrong/${name}`, content), {
    code: 'weights_not_gguf',
    message: [inMessage],
    fix,
  });
});

test('another extension is refused, with what the file is', async () => {
  await refused(folder.write('ext/model.bin', model), {
    code: 'weights_wrong_extension',
    message: ['a GGUF file'],
    fix: 'Rename',
  });
  const safetensors = Buffer.from('\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000{"a":{}}', 'latin1');
  await refused(folder.write('ext/model.safetensors', safetensors), {
    code: 'weights_wrong_extension',
    message: ['safetensors'],
  });
});

test('a split model: any part leads to the first, missing parts are named', async () => {
  const parts = buildSplitGguf(3).map((part, index) =>
    folder.write(`split/m-0000${index + 1}-of-00003.gguf`, part),
  );
  for (const part of parts) expect(await locatePath(part)).toBe(parts[0]);
  expect(await locatePath(folder.path('split'))).toBe(parts[0]);
  folder.write('holed/m-00002-of-00003.gguf', model);
  for (const path of ['holed', 'holed/m-00002-of-00003.gguf'])
    await refused(folder.path(path), {
      code: 'weights_parts_missing',
      message: ['m-00001-of-00003.gguf, m-00003-of-00003.gguf'],
      fix: 'same folder',
    });
  await refused(folder.write('odd/m-00003-of-00002.gguf', model), { code: 'weights_parts_missing' });
});

test.skipIf(!canLoseRights())('no right to read: the file, its folder', async () => {
  const path = folder.write('secret/model.gguf', model);
  chmodSync(path, 0o000);
  await withoutRootRights(() =>
    refused(path, { code: 'weights_unreadable', message: ['EACCES'], fix: 'chmod' }),
  );
  chmodSync(join(path, '..'), 0o000);
  await withoutRootRights(() => refused(path, { code: 'weights_unreadable' }));
  await withoutRootRights(() => refused(folder.path('secret'), { code: 'weights_unreadable' }));
  chmodSync(join(path, '..'), 0o755);
});
