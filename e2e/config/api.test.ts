import { mkdirSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ask } from '../support/http.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { credentials, login, ownPage, type Login } from '../support/login.ts';

/** ai-lab.yaml over the API of a running server, as the CLI and as a browser. */
let lab: Lab;
let user: Login;
let file: string;

beforeAll(async () => {
  lab = await startLab({ config: 'allowed_hosts: [lab.test]\n' });
  user = await login(lab, lab.link);
  file = join(lab.home, 'ai-lab.yaml');
});
afterAll(() => lab?.stop());
beforeEach(() => writeFileSync(file, '# mine\nprofile: default\n'));

const onDisk = () => readFileSync(file, 'utf8');
const base = async () => (await lab.api().config.get.query()).sha256;
const COMMAND = 'hooks: { pre_apply: [{ name: x, type: command, command: [id] }] }\n';

/** As the dashboard's own page asks. */
async function asBrowser(procedure: string, input: unknown): Promise<{ status: number; body: string }> {
  return ask(lab.port, {
    method: 'POST',
    path: `/api/trpc/${procedure}`,
    headers: { 'content-type': 'application/json', ...ownPage(lab), ...credentials(user) },
    body: JSON.stringify(input),
  });
}

it('a configured host name is let in, another one is not', async () => {
  const statusFor = async (host: string) =>
    (await ask(lab.port, { path: '/healthz', headers: { host: `${host}:${lab.port}` } })).status;
  expect([await statusFor('lab.test'), await statusFor('evil.test'), await statusFor('x.lab.test')]).toEqual([
    200, 421, 421,
  ]);
});

it('one key is written, and taken out again', async () => {
  const set = await lab.api().config.set.mutate({ key: 'ports.grafana', value: 13_001 });
  expect(set.values.find(({ key }) => key === 'ports.grafana')).toMatchObject({
    value: 13_001,
    origin: 'file',
  });
  await lab.api().config.set.mutate({ key: 'ports.grafana', value: null });
  expect(onDisk()).toBe('# mine\nprofile: default\n');
});

it('what would be invalid is not written, by key or whole', async () => {
  await expect(lab.api().config.set.mutate({ key: 'context_size', value: 'many' })).rejects.toThrow(
    /context_size: Expected number/,
  );
  await expect(lab.api().config.write.mutate({ text: 'a: [1', base: await base() })).rejects.toThrow(
    /ai-lab\.yaml:1:\d+: /,
  );
  expect(onDisk()).toBe('# mine\nprofile: default\n');
});

it("someone else's change is not written over", async () => {
  const old = await base();
  writeFileSync(file, 'profile: gpu\n');
  await expect(lab.api().config.write.mutate({ text: 'engine: auto\n', base: old })).rejects.toThrow(
    /changed/,
  );
  await expect(lab.api().config.write.mutate({ text: 'engine: auto\n', base: null })).rejects.toThrow(
    /changed/,
  );
  expect(onDisk()).toBe('profile: gpu\n');
  rmSync(file);
  await lab.api().config.write.mutate({ text: 'engine: auto\n', base: null });
  expect(onDisk()).toBe('engine: auto\n');
});

it('a link stays a link, and nothing is left beside it', async () => {
  const real = join(lab.home, 'logs', 'real.yaml');
  writeFileSync(real, 'profile: default\n');
  rmSync(file);
  symlinkSync(real, file);
  await lab.api().config.write.mutate({ text: 'engine: auto\n', base: await base() });
  expect([lstatSync(file).isSymbolicLink(), readFileSync(real, 'utf8')]).toEqual([true, 'engine: auto\n']);
  rmSync(file);
  expect(readdirSync(join(lab.home, 'logs')).filter((name) => name.includes('tmp'))).toEqual([]);
});

it('a folder in its place is told, and not written', async () => {
  rmSync(file);
  mkdirSync(file);
  const view = await lab.api().config.get.query();
  expect(view).toMatchObject({ exists: true, valid: false, text: null, sha256: null });
  await expect(lab.api().config.write.mutate({ text: '', base: null })).rejects.toThrow(/EISDIR/);
  rmSync(file, { recursive: true });
});

it('the command line may bring in a command; a browser may keep it, not change it', async () => {
  await lab.api().config.write.mutate({ text: COMMAND, base: await base() });
  const kept = await asBrowser('config.write', { text: `${COMMAND}context_size: 512\n`, base: await base() });
  expect(kept.status).toBe(200);
  const before = onDisk();
  for (const text of [
    COMMAND.replace('[id]', '[id, -u]'),
    `${COMMAND}images: { model: evil }\n`,
    'model_path: /etc\n',
  ]) {
    const answer = await asBrowser('config.write', { text, base: await base() });
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('config_not_from_browser')]);
  }
  const one = await asBrowser('config.set', { key: 'model_path', value: '/etc/passwd' });
  expect([one.status, onDisk()]).toEqual([403, before]);
});

it('a text is checked with line and column, and nothing is written', async () => {
  const before = onDisk();
  expect(await lab.api().config.checkText.mutate({ text: 'engine: auto\nprofil: gpu\n' })).toEqual([
    { line: 2, column: 1, key: 'profil', message: 'There is no such key.' },
  ]);
  expect(onDisk()).toBe(before);
});
