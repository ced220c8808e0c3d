/** Forty secrets in every corner of a lab, looked for in everything that a share ever gives out. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { locateHome } from '../../server/lib/home.ts';
import { anyFreePort } from '../../server/lib/ports.ts';
import { readServerFile } from '../../server/main/server-file.ts';
import { readEndpoint } from '../../server/resources/embedded-runtime/endpoint.ts';
import { buildGguf, text } from '../../server/resources/model-weights/gguf-fixture.ts';
import { ailab } from '../support/cli.ts';
import { ask } from '../support/http.ts';
import { requireBuild, ROOT, startLab, type Lab } from '../support/lab.ts';
import { login } from '../support/login.ts';
import { bringUp } from '../support/model.ts';
import { openStream } from './stream.ts';

const secrets = new Map<string, string>();
let count = 0;
/** A secret of its own shape: no other text in the world holds it. */
const plant = (
  what: string,
  value = `Sekret${(count += 1)}x${Math.random().toString(36).slice(2, 8)}`,
): string => {
  secrets.set(what, value);
  return value;
};

let folder: string;
let lab: Lab;

beforeAll(async () => {
  requireBuild();
  folder = mkdtempSync(join(tmpdir(), 'ailab-secrets-'));
  chmodSync(folder, 0o755);
  const models = join(folder, plant('name of the models folder'));
  const home = join(folder, plant('name of the home'));
  const bin = join(folder, plant('folder of the runtime'));
  for (const made of [models, home, bin]) mkdirSync(made, { recursive: true });
  const weights = join(models, `${plant('name of the weights file')}.gguf`);
  writeFileSync(
    weights,
    buildGguf({
      metadata: {
        'general.name': text(plant('name within the weights')),
        'general.author': text(plant('author within the weights')),
        'general.architecture': text('llama'),
        'tokenizer.chat_template': text(`{{ '${plant('chat template')}' }}`),
      },
    }),
  );
  const runtime = join(bin, 'llama-server');
  const script = join(ROOT, 'server', 'testing', 'fake-model-server.mjs');
  writeFileSync(runtime, `#!/bin/sh\nexec '${process.execPath}' '${script}' --fake-chunks=60 "$@"\n`);
  chmodSync(runtime, 0o755);
  const modelPort = await anyFreePort();
  lab = await startLab({
    home,
    env: {
      AILAB_RUNTIME: runtime,
      MODEL_PATH: weights,
      HF_TOKEN: `hf_${plant('Hub token')}`,
      OPENAI_API_KEY: `sk-${plant('key of another service')}`,
      USER: plant('user name'),
      HOSTNAME: plant('host name of the environment'),
      HTTPS_PROXY: `http://joe:${plant('password of the proxy')}@127.0.0.1:9`,
      MY_SETTING: plant('any environment'),
    },
    config: [
      `ports: { model: ${modelPort} }`,
      `# ${plant('comment in the config')}`,
      `allowed_hosts: [${plant('allowed host').toLowerCase()}.test]`,
      `model_folders: [${join(folder, plant('another models folder'))}]`,
      'hooks:',
      '  post_apply:',
      `    - { name: ${plant('name of a hook')}, type: http, url: "http://127.0.0.1:9/${plant('address of a hook')}", continue_on_error: true }`,
      '',
    ].join('\n'),
  });
  plant('allowed host, as configured', (secrets.get('allowed host') ?? '').toLowerCase());
  plant('path of the home', home);
  plant('path of the weights', weights);
  plant('path of the database', join(home, 'ailab.db'));
  if (hostname().length >= 5) plant('host name', hostname());
  const api = lab.api();
  await bringUp(lab);
  const { secret } = await api.access.createKey.mutate({ name: plant('name of a key') });
  plant('API key', secret);
  const { cookie, secret: pageSecret } = await login(lab);
  plant('cookie of a login', cookie.slice(cookie.indexOf('=') + 1));
  plant('secret of a page', pageSecret);
  plant('secret of the command line', readServerFile(locateHome(home))?.cliSecret ?? '');
  const endpoint = readEndpoint(locateHome(home));
  plant('key of the runtime', endpoint?.apiKey ?? '');
  const { conversation } = await api.chat.turn.mutate({ text: plant('chat message') });
  plant('id of a conversation', conversation.id);
  await api.chat.rename.mutate({ conversationId: conversation.id, title: plant('title of a conversation') });
  const reply = await fetch(`${lab.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${secret}`,
      'user-agent': plant('program that asked'),
    },
    body: JSON.stringify({
      model: 'default',
      messages: [
        { role: 'system', content: plant('system prompt') },
        { role: 'user', content: plant('prompt') },
      ],
      user: plant('user of a request'),
      stop: [plant('stop word')],
    }),
  });
  expect(await reply.text()).toContain('word59');
  plant('words of a reply', 'word59');
  // An error of the model's name, and an activity that fails with a path in its words.
  await fetch(`${lab.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model: plant('model that is not there'), messages: [] }),
  });
  const missing = join(folder, plant('path in an error'), 'none.gguf');
  const failed = await ailab(['up', '--home', home, '--model-path', missing]);
  expect(failed.stderr).toContain(missing);
  // The config breaks at last: its problem stands first on the Overview, with the line.
  writeFileSync(join(home, 'ai-lab.yaml'), `${plant('key in a broken config')}: 1\n`);
  const overview = JSON.stringify(await api.lab.overview.query());
  for (const what of ['path of the home', 'key in a broken config', 'path in an error'])
    expect(overview).toContain(secrets.get(what));
});
afterAll(async () => {
  await ailab(['down', '--home', lab.home]);
  await lab.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

it('at least 30 secrets are planted, and a share gives none of them away', async () => {
  const api = lab.api();
  const other = await api.share.create.mutate({ forMs: 60_000 });
  const share = await api.share.create.mutate({ forMs: 60_000 });
  const path = new URL(share.urls[0] ?? '').pathname;
  plant('another share', new URL(other.urls[0] ?? '').pathname.slice(3));
  plant('id of the share within', share.id);

  const stream = await openStream(lab.port, `${path}/live`);
  await api.lab.down.mutate({ volumes: false });
  await stream.until('Stopped');
  stream.close();
  const zipped = await fetch(lab.url + path, { headers: { 'accept-encoding': 'gzip' } });
  const file = join(folder, 'snapshot.html');
  expect((await ailab(['share', '--snapshot', file, '--home', lab.home])).code).toBe(0);
  const plain = await ask(lab.port, { path });
  const given = {
    page: `${plain.body}${JSON.stringify(plain.headers)}`,
    'page, packed': await zipped.text(),
    JSON: (await ask(lab.port, { path: `${path}/status.json` })).body,
    badge: (await ask(lab.port, { path: `${path}/badge.svg` })).body,
    stream: stream.text(),
    snapshot: readFileSync(file, 'utf8'),
    'snapshot of the dashboard': (await api.share.snapshot.query()).html,
    'page of what is not there': (await ask(lab.port, { path: `${path}x` })).body,
  };
  // What is searched is the real thing: it has the facts that it should have.
  expect(given.page).toContain('llama');
  expect(given.JSON).toContain('"requests":2,"errors":1');

  expect(secrets.size).toBeGreaterThanOrEqual(30);
  const weak = [...secrets].filter(([, value]) => value.length < 5);
  expect(weak).toEqual([]);
  const leaks = Object.entries(given).flatMap(([where, body]) =>
    [...secrets].filter(([, value]) => body.includes(value)).map(([what]) => `${what}, in ${where}`),
  );
  expect(leaks).toEqual([]);
});
