/** T21: keys of programs: none is guessed, read from the disk, or used to make the gateway ask elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changesSince, contentsOf } from '../support/database.ts';
import { ask, bodyOf, sendRaw, statusOf } from '../support/http.ts';
import type { Lab } from '../support/lab.ts';
import { strangerServing } from '../support/stranger.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

const COUNT = 500;

/** Near misses of a real key first, then what upsets parsers and databases. All are bytes that a header can carry. */
function hostileKeys(secret: string, id: string): string[] {
  const near = Array.from({ length: secret.length - 1 }, (_, at) => [
    secret.slice(0, at + 1),
    `${secret.slice(0, at)}${secret[at] === 'A' ? 'B' : 'A'}${secret.slice(at + 1)}`,
  ]).flat();
  const odd = [
    "' OR '1'='1",
    "' OR 1=1 --",
    '" OR ""="',
    "sk-ailab-%' --",
    'sk-ailab-%',
    'sk-ailab-______',
    '*',
    'null',
    'undefined',
    'true',
    '[object Object]',
    '{"$ne":null}',
    '%00',
    '%0d%0aX: y',
    '../../server.json',
    id,
    `${secret} `,
    ` ${secret}x`,
    `${secret},${secret}x`,
    `${secret};`,
    `${secret}\t`,
    `"${secret}"`,
    secret.toUpperCase(),
    secret.toLowerCase(),
    secret.replace('sk-ailab-', ''),
    `sk-ailab-${secret}`,
    [...secret].toReversed().join(''),
    'x'.repeat(8000),
    '\u00ff\u00fe',
    'Bearer',
    'Bearer Bearer',
    '0',
    '-1',
    'sk-',
    'sk-ailab-',
  ];
  const some = [...new Set([...odd, ...near])].filter((key) => key.trim() !== secret);
  return Array.from(
    { length: COUNT },
    (_, at) => some[at] ?? `sk-ailab-${secret.slice(9, 14)}${at.toString(36)}`,
  );
}

/** In every header that some API takes its key from. */
async function proveNoneIsGuessed(lab: Lab): Promise<string> {
  const { secret, id } = await lab.api().access.createKey.mutate({ name: 'T21' });
  const authorized = await ask(lab.port, {
    path: '/v1/models',
    headers: { authorization: `Bearer ${secret}` },
  });
  if (authorized.status !== 200) throw new Error(`a good key got ${authorized.status}`);
  const before = contentsOf(lab.home);
  const ways = [
    (key: string) => `Authorization: Bearer ${key}`,
    (key: string) => `Authorization: ${key}`,
    (key: string) => `x-api-key: ${key}`,
    (key: string) => `Authorization: Basic ${Buffer.from(`ailab:${key}`, 'latin1').toString('base64')}`,
  ];
  const keys = hostileKeys(secret, id);
  for (const [at, key] of keys.entries()) {
    const way = ways[at % 5 === 4 ? 1 + (at % 3) : 0] ?? String;
    const lines = [
      'GET /v1/models HTTP/1.1',
      `Host: localhost:${lab.port}`,
      way(key),
      'Connection: close',
      '',
      '',
    ];
    const answer = await sendRaw(lab.port, Buffer.from(lines.join('\r\n'), 'latin1'));
    mustHold(
      [400, 401].includes(statusOf(answer)) && !bodyOf(answer).includes('"data"'),
      `${JSON.stringify(way(key).slice(0, 120))} is as good as a key: ${answer.slice(0, 100)}`,
    );
  }
  for (const path of ['/v1/models', `/v1/models?api_key=${secret}`, `/v1/models?key=${secret}`]) {
    const { status } = await ask(lab.port, { path, headers: { 'x-api-key': secret, 'api-key': secret } });
    mustHold(status === 401, `a key in another place than Authorization is taken: ${path} got ${status}`);
  }
  const changed = changesSince(before, lab.home);
  mustHold(changed.length === 0, `wrong keys have changed the database: ${changed.join('; ')}`);
  return secret;
}

/** Neither the key nor what stands behind its shown part lies anywhere in the home. */
function proveNotKept(lab: Lab, secret: string): void {
  for (const name of readdirSync(lab.home, { recursive: true, encoding: 'utf8' })) {
    const path = join(lab.home, name);
    let bytes: string;
    try {
      bytes = readFileSync(path, 'latin1');
    } catch {
      continue;
    }
    mustHold(!bytes.includes(secret.slice(14)), `${name} holds a program’s key in clear`);
  }
}

/** With a good key: nothing in a request makes the gateway ask another server, or carries a cookie anywhere. */
async function proveGoesNowhere(lab: Lab, secret: string): Promise<void> {
  const sink = await strangerServing();
  const elsewhere = `http://127.0.0.1:${sink.port}`;
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  try {
    for (const model of [
      elsewhere,
      `${elsewhere}/v1`,
      `//127.0.0.1:${sink.port}`,
      `x@${elsewhere}`,
      '../../etc/passwd',
      'x\r\nHost: evil',
    ]) {
      for (const more of [{}, { base_url: elsewhere, api_base: elsewhere, url: elsewhere }]) {
        const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more });
        const { status } = await ask(lab.port, {
          method: 'POST',
          path: '/v1/chat/completions',
          headers,
          body,
        });
        mustHold([400, 404, 503].includes(status), `the model ${JSON.stringify(model)} got ${status}`);
      }
    }
    const auth = `Authorization: Bearer ${secret}`;
    const lines = [
      [`GET ${elsewhere}/v1/models HTTP/1.1`, `Host: localhost:${lab.port}`, auth],
      [`GET //127.0.0.1:${sink.port}/v1/models HTTP/1.1`, `Host: localhost:${lab.port}`, auth],
      [`CONNECT 127.0.0.1:${sink.port} HTTP/1.1`, `Host: localhost:${lab.port}`, auth],
      ['GET /v1/files HTTP/1.1', `Host: localhost:${lab.port}`, auth],
      ['GET /v1/models/../../slots HTTP/1.1', `Host: localhost:${lab.port}`, auth],
    ];
    for (const one of lines) {
      const answer = await sendRaw(lab.port, `${[...one, 'Connection: close', '', ''].join('\r\n')}`);
      mustHold(statusOf(answer) === 0 || statusOf(answer) >= 400, `${one[0]} got ${answer.slice(0, 100)}`);
    }
    mustHold(sink.visits.length === 0, `the gateway has asked another server: ${sink.visits[0]?.target}`);
    const { status } = await ask(lab.port, { path: '/api/trpc/access.keys', headers });
    mustHold(status === 401, `a program’s key reads the keys: ${status}`);
  } finally {
    await sink.close();
  }
}

export const t21: Row = {
  id: 'T21',
  describe: `${COUNT} hostile keys get 401, no key lies on the disk, and no request is led to another server`,
  async prove(lab) {
    const secret = await proveNoneIsGuessed(lab);
    proveNotKept(lab, secret);
    await proveGoesNowhere(lab, secret);
  },
};
