#!/usr/bin/env node
/**
 * The model server behind every relay of the bench: the tests' stand-in, whose chat says what the last message asks
 * for. `bench {"chunks":100,"perSecond":100,"stamp":true,"id":"7"}`: so many chunks, so many a second (0: as fast as
 * they are taken), each with the time of its writing as its word. `GET /bench/closed`: when which reply was let go.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createFakeModelServer } from '../../../server/testing/fake-model-server.mjs';

const PLAN = { chunks: 4, perSecond: 0, stamp: false, id: '' };
const KEPT_MS = 65_000;
const closed = new Map();
let open = 0;

async function chat(request, response) {
  let raw = '';
  for await (const piece of request) raw += piece;
  const body = JSON.parse(raw);
  const words = /^bench (\{.*\})$/.exec(String(body.messages?.at(-1)?.content ?? ''))?.[1];
  const plan = { ...PLAN, ...(words === undefined ? {} : JSON.parse(words)) };
  const base = {
    id: `chatcmpl-${plan.id}`,
    created: Math.floor(Date.now() / 1000),
    model: body.model,
    object: 'chat.completion.chunk',
  };
  const usage = { prompt_tokens: 8, completion_tokens: plan.chunks, total_tokens: 8 + plan.chunks };
  if (body.stream !== true) {
    const message = { role: 'assistant', content: 'Hello word1 word2 word3' };
    const choices = [{ index: 0, finish_reason: 'stop', message }];
    const json = JSON.stringify({ ...base, object: 'chat.completion', choices, usage });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(json),
    });
    return response.end(json);
  }
  open += 1;
  response.on('close', () => {
    open -= 1;
    if (!response.writableFinished) closed.set(plan.id, String(process.hrtime.bigint()));
  });
  const chunkOf = (delta, finish_reason) =>
    `data: ${JSON.stringify({ ...base, choices: [{ index: 0, finish_reason, delta }] })}\n\n`;
  const word = chunkOf({ content: ' word' }, null);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const begun = performance.now();
  for (let index = 0; index < plan.chunks && !response.destroyed; index += 1) {
    const due = plan.perSecond > 0 ? begun + (index * 1000) / plan.perSecond - performance.now() : 0;
    if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
    const text = plan.stamp ? chunkOf({ content: `${process.hrtime.bigint()} ` }, null) : word;
    if (!response.write(text)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.write(chunkOf({}, 'stop'));
  response.end(`data: ${JSON.stringify({ ...base, choices: [], usage })}\n\ndata: [DONE]\n\n`);
}

function main(argv) {
  const fake = join(import.meta.dirname, '../../../server/testing/fake-model-server.mjs');
  if (argv.includes('--version') || argv.includes('--help'))
    process.exit(spawnSync(process.execPath, [fake, ...argv], { stdio: 'inherit' }).status ?? 1);
  const value = (flag) => argv[argv.indexOf(flag) + 1];
  const apiKey = readFileSync(value('--api-key-file'), 'utf8').trim();
  const { server: rest } = createFakeModelServer({ apiKey, modelName: value('--alias') });
  const server = createServer({ keepAliveTimeout: KEPT_MS }, (request, response) => {
    const allowed = request.headers.authorization === `Bearer ${apiKey}`;
    if (allowed && request.url === '/bench/closed')
      response.end(JSON.stringify({ open, closed: Object.fromEntries(closed) }));
    else if (allowed && request.url === '/v1/chat/completions')
      chat(request, response).catch(() => response.destroy());
    else rest.emit('request', request, response);
  });
  server.listen(Number(value('--port')), '127.0.0.1');
}

main(process.argv.slice(2));
