import { afterAll, beforeAll, expect, it } from 'vitest';
import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel, type StandIn } from '../support/model.ts';

/** What is planted where a lab keeps things; none of it may be in the bundle. */
const PLANTED = {
  environment: 'hf_PLANTEDtokenOfTheEnvironment1',
  apiKeyInLog: 'sk-PLANTED-0123456789abcdef',
  bearerInLog: 'PLANTED.bearer.value',
  passwordInLog: 'PLANTEDpassword',
  queryInLog: 'PLANTEDsignature',
  loginInUrl: 'PLANTEDuser',
  promptInLog: 'PLANTED prompt of a program',
  promptOfChat: 'the PLANTED badger digs tunnels at night',
  host: 'planted-host.internal',
  image: 'registry.planted.example',
  comment: 'PLANTED comment of the file',
  folder: '/srv/PLANTED-folder',
  mail: 'planted@example.org',
  address: '10.77.66.55',
};

let lab: Lab;
let model: StandIn;
let text: string;
const file = join(tmpdir(), `ailab-bundle-${process.pid}.yaml`);

beforeAll(async () => {
  model = await standInModel();
  lab = await startLab({
    env: { ...model.env, HF_TOKEN: PLANTED.environment },
    config: [
      model.config,
      `# ${PLANTED.comment}`,
      'context_size: 2048',
      `allowed_hosts: [${PLANTED.host}]`,
      `images: { grafana: '${PLANTED.image}/grafana:1' }`,
      `model_folders: ['${PLANTED.folder}']`,
      '',
    ].join('\n'),
  });
  await bringUp(lab);
  await lab.api().chat.turn.mutate({ text: PLANTED.promptOfChat });
  appendFileSync(
    join(lab.home, 'logs', 'runtime.log'),
    [
      `using ${PLANTED.environment} and ${PLANTED.apiKeyInLog}`,
      `Authorization: Bearer ${PLANTED.bearerInLog}`,
      `password=${PLANTED.passwordInLog}`,
      `GET https://cdn.example/x?signature=${PLANTED.queryInLog}`,
      `proxy http://${PLANTED.loginInUrl}:pw@proxy:3128 from ${PLANTED.address}, ask ${PLANTED.mail}`,
      `srv parse: {"messages":[{"role":"user","content":"${PLANTED.promptInLog}"}]}`,
      `slot 0: ${PLANTED.promptOfChat.toUpperCase()} and so on`,
      `reading ${PLANTED.folder}/x and ${lab.home}/runtime.json on ${hostname()}`,
      'load_tensors: offloaded 0/29 layers to GPU',
      '',
    ].join('\n'),
  );
  ({ text } = await lab.api().support.bundle.query());
});

afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  model.remove();
  rmSync(file, { force: true });
});

it('holds none of the planted secrets, and neither home, machine nor model server key', () => {
  const record = JSON.parse(readFileSync(join(lab.home, 'runtime.json'), 'utf8')) as { apiKey: string };
  const server = JSON.parse(readFileSync(join(lab.home, 'server.json'), 'utf8')) as { cliSecret: string };
  const own = [lab.home, record.apiKey, server.cliSecret, join(homedir(), '.cache')];
  if (hostname().length >= 3) own.push(hostname());
  // A user named like a word of the text proves nothing.
  if (!/^(?:root|node|ailab)$/.test(userInfo().username)) own.push(userInfo().username);
  const found = [...Object.values(PLANTED), ...own].filter((secret) =>
    text.toLowerCase().includes(secret.toLowerCase()),
  );
  expect(found).toEqual([]);
});

it('holds what helps: versions, settings, plan, lock, activities, logs', () => {
  const bundle = parse(text) as Record<string, Record<string, unknown>>;
  expect(bundle['machine']?.['ailab_web']).toBeTypeOf('string');
  expect(bundle['config']?.['values']).toMatchObject({
    context_size: 2048,
    allowed_hosts: '(set, by file)',
    'images.grafana': '(set, by file)',
  });
  expect(bundle['plan']).toMatchObject({ engine: 'embedded', possible: true });
  expect(bundle['lock']?.['sha256']).toMatch(/^[0-9a-f]{64}$/);
  expect(bundle['activities']?.[0]).toMatchObject({ kind: 'up', state: 'done' });
  expect(text).toContain('offloaded 0/29 layers to GPU');
  expect(text).not.toContain('[object Object]');
});

it('from a terminal it is shown, asked about, kept for its owner alone, and never written over', async () => {
  const asked = await ailab(['doctor', '--bundle', file, '--home', lab.home]);
  expect(asked.stdout).toContain('# Support bundle');
  expect(asked.stderr).toContain('not_confirmed');
  expect(existsSync(file)).toBe(false);
  const kept = await ailab(['doctor', '--bundle', file, '--yes', '--home', lab.home]);
  expect(kept.code).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(kept.stdout);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, 'mine');
  expect((await ailab(['doctor', '--bundle', file, '--yes', '--home', lab.home])).stderr).toContain(
    'file_exists',
  );
  expect(readFileSync(file, 'utf8')).toBe('mine');
});
