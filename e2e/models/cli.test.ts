/** `ailab-web models` as it is shipped, with and without a server; and what a running lab does not let go. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildGguf, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import { modelList } from '../../server/schemas/inventory.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'ailab-models-cli-'));
const own = join(folder, 'own');
const env = { HF_HUB_CACHE: join(folder, 'hub') };
let standIn: StandIn;
let lab: Lab;

const write = (name: string) => {
  writeFileSync(join(own, name), buildGguf({ metadata: { 'general.name': text(name) } }));
  return join(own, name);
};

beforeAll(async () => {
  mkdirSync(own);
  for (const name of ['a.gguf', 'b.gguf']) write(name);
  standIn = await standInModel();
});
afterAll(async () => {
  if (lab !== undefined) {
    await ailab(['down', '--home', lab.home]);
    await lab.stop();
  }
  standIn.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('without a server: listed, weighed, chosen, deleted', async () => {
  const home = join(folder, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'ai-lab.yaml'), `engine: embedded\nmodel_folders: [${own}] # mine\n`);
  const run = (...args: string[]) => ailab(['models', ...args, '--home', home], { env });
  const listed = await run('-o', 'json');
  expect(modelList.parse(JSON.parse(listed.stdout)).entries.map(({ name }) => name)).toEqual([
    'a.gguf',
    'b.gguf',
  ]);
  expect((await run()).stdout).toMatch(/a\.gguf +llama/);
  expect((await run('fit', 'a.gguf', '--context-size', '2048')).stdout).toContain('2,048 tokens');
  expect((await run('fit', 'a.gguf', '--context-size', 'many')).code).toBe(2);
  expect(await run('use', 'a.gguf')).toMatchObject({
    code: 0,
    stdout: `model_path: ${join(own, 'a.gguf')}\n`,
  });
  expect(readFileSync(join(home, 'ai-lab.yaml'), 'utf8')).toContain(`model_folders: [${own}] # mine\n`);
  expect(await run('rm', 'b.gguf')).toMatchObject({ code: 1 });
  expect(existsSync(join(own, 'b.gguf'))).toBe(true);
  expect(await run('rm', 'b.gguf', '--yes')).toMatchObject({ code: 0 });
  expect(existsSync(join(own, 'b.gguf'))).toBe(false);
  expect(await run('rm', '/etc/passwd', '--yes')).toMatchObject({ code: 1 });
});

test('the model of the running lab stays until the lab is down', async () => {
  const path = write('c.gguf');
  const { MODEL_PATH: _path, ...others } = standIn.env;
  lab = await startLab({
    config: `${standIn.config}model_path: ${path}\nmodel_name: lab/mine\n`,
    env: { ...others, ...env },
  });
  await bringUp(lab);
  const api = lab.api();
  const { secret } = await api.access.createKey.mutate({ name: 'models' });
  const served = await fetch(`http://127.0.0.1:${lab.port}/v1/models`, {
    headers: { authorization: `Bearer ${secret}` },
  });
  expect(await served.json()).toMatchObject({ data: [{ id: 'lab/mine' }] });
  const mine = (await api.models.list.query()).entries.find(({ configured }) => configured);
  const id = mine?.id ?? '';
  const refused: unknown = await api.models.remove.mutate({ id }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ data: { lab: { code: 'model_in_use' } } });
  // Another one chosen meanwhile does not make it free: it is what the process has loaded.
  const other = (await api.models.list.query()).entries.find(({ file }) => file === 'a.gguf');
  expect(await api.models.use.mutate({ id: other?.id ?? '' })).toMatchObject({ restartNeeded: true });
  await expect(api.models.remove.mutate({ id })).rejects.toMatchObject({
    data: { lab: { code: 'model_in_use' } },
  });
  expect(existsSync(path)).toBe(true);
  await expect(api.models.remove.mutate({ id: '0'.repeat(16) })).rejects.toMatchObject({
    data: { lab: { code: 'model_unknown' } },
  });
  expect((await ailab(['down', '--home', lab.home])).code).toBe(0);
  expect(await api.models.remove.mutate({ id })).toMatchObject({ files: 1 });
  expect(existsSync(path)).toBe(false);
});
