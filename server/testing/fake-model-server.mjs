#!/usr/bin/env node
/**
 * A stand-in for llama-server in tests: the same HTTP (health, models, chat, completions, slots, metrics) and the
 * same arguments, with words instead of a model. Run it, or use `createFakeModelServer` in a test's own process.
 *
 * Options as `FAKE_CHUNKS=5`, as `--fake-chunks=5`, or per request as `?chunks=5`:
 * chunks, delay_ms (between chunks), load_ms (503 until then), hang_at and crash_at (chunk number; crash_at ends the
 * process), crash_after_ms, hang_after_ms (answers nothing from then on), exit_code, last_words, echo (1: the reply is the
 * request itself, as JSON in one chunk).
 *
 * With `--fake-speech=<folder>` the words `say <name>` are answered with what `<folder>/<name>.json` holds:
 * `{ text, thought?, size?, per_second?, hold? }`, in pieces of `size` UTF-16 units (whole unless told), so many a
 * second; at the piece `hold` it waits until there is a file `<folder>/<name>.go`.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NUMBERS = {
  chunks: 4,
  delay_ms: 0,
  load_ms: 0,
  hang_at: -1,
  crash_at: -1,
  crash_after_ms: -1,
  hang_after_ms: -1,
  echo: 0,
  exit_code: 1,
};

/** Of llama-server's flags, those that ailab-web looks for before it takes one. */
const FLAGS = '--alias --api-key-file --cache-ram --cors-origins --device --metrics --offline'.split(' ');

/** The server (not yet listening) and what happened to its requests so far. */
export function createFakeModelServer({
  apiKey = '',
  modelName = 'fake',
  speech = '',
  embeddings = false,
  ...given
} = {}) {
  const defaults = { ...NUMBERS, ...given };
  const bornAt = performance.now();
  const seen = { requests: 0, processing: 0, completed: 0, aborted: 0, promptTokens: 0, generated: 0 };
  const age = () => performance.now() - bornAt;

  const server = createServer(async (request, response) => {
    if (defaults.hang_after_ms >= 0 && age() >= defaults.hang_after_ms) return;
    const url = new URL(request.url ?? '/', 'http://fake');
    const send = (status, body, type = 'application/json; charset=utf-8') =>
      response
        .writeHead(status, { 'content-type': type })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    const fail = (code, message, type) => send(code, { error: { code, message, type } });
    const loading = age() < defaults.load_ms;
    if (url.pathname === '/health' && !loading) return send(200, { status: 'ok' });
    if (loading) return fail(503, 'Loading model', 'unavailable_error');
    if (apiKey !== '' && request.headers.authorization !== `Bearer ${apiKey}`)
      return fail(401, 'Invalid API Key', 'authentication_error');
    if (url.pathname === '/v1/models')
      return send(200, { object: 'list', data: [{ id: modelName, object: 'model', owned_by: 'fake' }] });
    if (url.pathname === '/slots') return send(200, [{ id: 0, is_processing: seen.processing > 0, seen }]);
    if (url.pathname === '/metrics') return send(200, metrics(seen), 'text/plain; version=0.0.4');
    if (embeddings && url.pathname !== '/v1/embeddings')
      return fail(501, 'Not supported', 'not_supported_error');
    if (embeddings) return embed(request, send, fail);
    const chat = url.pathname === '/v1/chat/completions';
    if (!chat && url.pathname !== '/v1/completions') return fail(404, 'File Not Found', 'not_found_error');
    let body;
    try {
      let raw = '';
      for await (const chunk of request) raw += chunk;
      body = JSON.parse(raw);
    } catch {
      return fail(400, 'parse error', 'invalid_request_error');
    }
    const options = { ...defaults };
    for (const name of Object.keys(NUMBERS))
      if (url.searchParams.has(name)) options[name] = Number(url.searchParams.get(name));
    await answer({ chat, body, options, response, seen, modelName, speech });
  });
  return { server, seen };
}

/** Four numbers that depend on the text alone. */
async function embed(request, send, fail) {
  let raw = '';
  for await (const chunk of request) raw += chunk;
  const { input } = JSON.parse(raw);
  if (input === undefined) return fail(400, '"input" must be provided', 'invalid_request_error');
  const inputs = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  const data = inputs.map((text, index) => {
    const bytes = createHash('sha256').update(JSON.stringify(text)).digest();
    return { object: 'embedding', index, embedding: [0, 1, 2, 3].map((at) => bytes.readInt8(at) / 128) };
  });
  const tokens = inputs.reduce(
    (sum, one) => sum + (typeof one === 'string' ? one.split(' ').length : one.length),
    0,
  );
  send(200, { object: 'list', model: 'x', data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

async function answer({ chat, body, options, response, seen, modelName, speech }) {
  const script = speechOf(speech, body);
  const prompt = JSON.stringify(body.messages ?? body.prompt ?? '').split(/\s+/).length;
  const started = performance.now();
  const base = {
    created: Math.floor(Date.now() / 1000),
    id: `chatcmpl-fake${seen.requests}`,
    model: modelName,
  };
  const kind = chat ? 'chat.completion' : 'text_completion';
  const write = (data) =>
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  seen.requests += 1;
  seen.processing += 1;
  const words = [];
  try {
    if (body.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (chat)
        write({
          ...base,
          object: `${kind}.chunk`,
          choices: [choice({ delta: { role: 'assistant', content: null } })],
        });
    }
    const count = script === undefined ? options.chunks : 0;
    for (let index = 0; index < count; index += 1) {
      if (index === options.crash_at) process.exit(options.exit_code);
      if (index === options.hang_at) await sleep(2 ** 31 - 1, undefined, { signal: gone.signal });
      await sleep(options.delay_ms, undefined, { signal: gone.signal });
      words.push(wordOf(index, body, options));
      seen.generated += 1;
      if (body.stream === true) {
        const part = chat ? { delta: { content: words.at(-1) } } : { text: words.at(-1) };
        write({ ...base, object: chat ? `${kind}.chunk` : kind, choices: [choice(part)] });
      }
    }
    for (const [index, delta] of (script?.pieces ?? []).entries()) {
      const due = script.perSecond > 0 ? started + (index * 1000) / script.perSecond : 0;
      if (due > performance.now()) await sleep(due - performance.now(), undefined, { signal: gone.signal });
      while (index === script.hold && !existsSync(script.go))
        await sleep(20, undefined, { signal: gone.signal });
      gone.signal.throwIfAborted();
      words.push(delta.content ?? '');
      seen.generated += 1;
      const full = !write({ ...base, object: `${kind}.chunk`, choices: [choice({ delta })] });
      if (full) await once(response, 'drain', { signal: gone.signal });
    }
    seen.promptTokens += prompt;
    const tail = ending(prompt, words.length, performance.now() - started);
    if (body.stream === true) {
      const last = choice(chat ? { delta: {} } : { text: '' }, 'stop');
      const usage = body.stream_options?.include_usage === true;
      const object = chat ? `${kind}.chunk` : kind;
      write({
        ...base,
        object,
        choices: [last],
        ...(usage && chat ? {} : usage ? tail : { timings: tail.timings }),
      });
      if (usage && chat) write({ ...base, object, choices: [], ...tail });
      write('[DONE]');
      response.end();
    } else {
      const text = words.join('');
      const part = chat ? { message: { role: 'assistant', content: text } } : { text };
      const json = JSON.stringify({ ...base, object: kind, choices: [choice(part, 'stop')], ...tail });
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(json);
    }
    seen.completed += 1;
  } catch {
    seen.aborted += 1;
  } finally {
    seen.processing -= 1;
  }
}

function wordOf(index, body, { echo }) {
  if (index > 0) return ` word${index}`;
  return echo === 1 ? `\`\`\`json\n${JSON.stringify(body)}\n\`\`\`\n` : 'Hello';
}

function speechOf(folder, body) {
  const asked = /^say ([\w-]+)$/.exec(String(body.messages?.at(-1)?.content ?? ''))?.[1];
  if (folder === '' || asked === undefined) return undefined;
  const file = JSON.parse(readFileSync(join(folder, `${asked}.json`), 'utf8'));
  const { text, thought = '', size = 0, per_second: perSecond = 0, hold = -1 } = file;
  const cut = (words) => {
    const length = size > 0 ? size : words.length;
    return Array.from({ length: Math.ceil(words.length / length) || 0 }, (_, index) =>
      words.slice(index * length, (index + 1) * length),
    );
  };
  const pieces = [
    ...cut(thought).map((piece) => ({ reasoning_content: piece })),
    ...cut(text).map((piece) => ({ content: piece })),
  ];
  return { pieces, perSecond, hold, go: join(folder, `${asked}.go`) };
}

function choice(part, finish_reason = null) {
  return { index: 0, finish_reason, ...part };
}

function ending(prompt, generated, milliseconds) {
  const cached = Math.min(1, prompt - 1);
  return {
    usage: {
      completion_tokens: generated,
      prompt_tokens: prompt,
      total_tokens: prompt + generated,
      prompt_tokens_details: { cached_tokens: cached },
    },
    timings: {
      cache_n: cached,
      prompt_n: prompt - cached,
      prompt_ms: 1,
      prompt_per_token_ms: 1 / (prompt - cached),
      prompt_per_second: 1000 * (prompt - cached),
      predicted_n: generated,
      predicted_ms: milliseconds,
      predicted_per_token_ms: milliseconds / generated,
      predicted_per_second: (generated / milliseconds) * 1000,
    },
  };
}

function metrics(seen) {
  return [
    `llamacpp:prompt_tokens_total ${seen.promptTokens}`,
    `llamacpp:tokens_predicted_total ${seen.generated}`,
    `llamacpp:requests_processing ${seen.processing}`,
    'llamacpp:requests_deferred 0\n',
  ].join('\n');
}

function main(argv) {
  if (argv.includes('--version')) return void process.stderr.write('version: 0.0.0 (build 1, commit fake)\n');
  if (argv.includes('--help')) return void process.stdout.write(`${FLAGS.join('\n')}\n`);
  const value = (flag) => (argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined);
  const text = (name) => {
    const given = argv.find((arg) => arg.startsWith(`--fake-${name.replaceAll('_', '-')}=`));
    return given?.slice(given.indexOf('=') + 1) ?? process.env[`FAKE_${name.toUpperCase()}`];
  };
  const options = {};
  for (const name of Object.keys(NUMBERS)) if (text(name) !== undefined) options[name] = Number(text(name));
  const keyFile = value('--api-key-file');
  const apiKey = keyFile === undefined ? (value('--api-key') ?? '') : readFileSync(keyFile, 'utf8').trim();
  const { server } = createFakeModelServer({
    ...options,
    speech: text('speech') ?? '',
    apiKey,
    modelName: value('--alias') ?? 'fake',
    embeddings: argv.includes('--embeddings'),
  });
  const crash = () => {
    process.stderr.write(`${text('last_words') ?? 'fake-model-server: told to crash'}\n`);
    process.exit(options.exit_code ?? NUMBERS.exit_code);
  };
  if (options.crash_after_ms === 0) return crash();
  if (options.crash_after_ms > 0) setTimeout(crash, options.crash_after_ms);
  server.listen(Number(value('--port') ?? 0), '127.0.0.1', () => {
    process.stdout.write(`fake-model-server: listening on ${server.address().port}\n`);
  });
}

if (import.meta.main ?? process.argv[1]?.endsWith('fake-model-server.mjs')) main(process.argv.slice(2));
