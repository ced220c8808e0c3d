import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parsePins, verify } from './verify-pins.mjs';

const read = (file: string) => readFileSync(join(import.meta.dirname, file), 'utf8');
const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;

/** A registry that wants a token first and knows one tag. */
const registry = async (url: string | URL, init?: RequestInit): Promise<Response> => {
  const { pathname, searchParams } = new URL(url);
  if (pathname === '/token') return Response.json({ token: `t-${searchParams.get('scope')}` });
  const authorized = new Headers(init?.headers).get('authorization') === 'Bearer t-repository:o/x:pull';
  if (!authorized) {
    const challenge = 'Bearer realm="https://r.example/token",service="r",scope="repository:o/x:pull"';
    return new Response(null, { status: 401, headers: { 'www-authenticate': challenge } });
  }
  if (!pathname.endsWith('/manifests/1')) return new Response(null, { status: 404 });
  return new Response(null, { headers: { 'docker-content-digest': DIGEST } });
};
const pinned = (reference: string) => `image: \${AILAB_IMAGE_X:-${reference}}\n`;
const look = (reference: string) => verify(pinned(reference), { fetch: registry });

describe('pins of the stack files', () => {
  it('are one for each service, with a tag each, and only whole digests', () => {
    const pins = [...parsePins(read('stack.yml')), ...parsePins(read('stack.gpu.yml'))];
    expect(pins.map(({ name }) => name)).toEqual([
      'ggml-org/llama.cpp',
      'ggml-org/llama.cpp',
      'semitechnologies/weaviate',
      'prom/prometheus',
      'grafana/grafana',
      'ggml-org/llama.cpp',
      'ggml-org/llama.cpp',
    ]);
    for (const { tag, digest } of pins) {
      expect(tag).toMatch(/\d+\.\d+\.\d+$/);
      if (digest !== null) expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it('know Docker Hub by the lack of a host', () => {
    expect(parsePins(pinned('prom/prometheus:v3'))[0]).toMatchObject({
      host: 'registry-1.docker.io',
      name: 'prom/prometheus',
    });
    expect(parsePins(pinned('localhost:5000/x:1'))[0]).toMatchObject({
      host: 'localhost:5000',
      name: 'x',
      tag: '1',
    });
  });

  it('hold while the registry says the same, and not when the tag has moved', async () => {
    expect((await look(`r.example/o/x:1@${DIGEST}`)).ok).toBe(true);
    const moved = await look(`r.example/o/x:1@${OTHER}`);
    expect(moved.ok).toBe(false);
    expect(moved.lines[0]).toContain(DIGEST);
    expect(moved.filled).toContain(OTHER);
  });

  it('are filled from the registry only', async () => {
    expect((await look('r.example/o/x:1')).filled).toBe(pinned(`r.example/o/x:1@${DIGEST}`));
    const gone = await look('r.example/o/x:2');
    expect(gone).toMatchObject({ ok: false, filled: pinned('r.example/o/x:2') });
  });
});
