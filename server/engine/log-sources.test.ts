import { describe, expect, it } from 'vitest';
import { LabError } from '../lib/errors.ts';
import { locateHome } from '../lib/home.ts';
import { HOSTILE_LINES } from '../testing/hostile-lines.ts';
import { containerLines, fileLine } from './log-sources.ts';

describe('a line of a file', () => {
  it('gives its time where it tells one', () => {
    expect(fileLine('model', '2026-11-22T09:00:00.123Z I listening')).toEqual({
      time: '2026-11-22T09:00:00.123Z',
      service: 'model',
      stream: 'both',
      text: 'I listening',
    });
    expect(fileLine('model', '0.00.412.101 I srv init')).toMatchObject({
      time: null,
      text: '0.00.412.101 I srv init',
    });
    expect(fileLine('model', '2026-99-99T99:99:99Z x')).toMatchObject({ time: null });
  });
});

describe('hostile output', () => {
  it('has fifty payloads at least', () => expect(HOSTILE_LINES.length).toBeGreaterThanOrEqual(50));

  it.each(HOSTILE_LINES)('%j is only text', (payload, text) => {
    expect(fileLine('model', payload).text).toBe(text);
    expect(fileLine('model', `2026-11-22T09:00:00Z ${payload}`).text).toBe(text);
  });
});

describe('lines of a container', () => {
  const env: NodeJS.ProcessEnv = { NODE_ENV: 'test' };
  const home = locateHome('/nowhere', env);
  const line = (at: number, text: string) => ({ stream: 'stdout' as const, at, text });

  async function follow(lives: (ReturnType<typeof line>[] | LabError)[]): Promise<string[]> {
    const abort = new AbortController();
    let life = 0;
    const read = async function* () {
      const now = lives[life++];
      if (now instanceof LabError) throw now;
      yield* now ?? [];
      if (life === lives.length) abort.abort();
    };
    const input = { service: 'model', tail: 200, follow: true };
    const options = { home, env, input, signal: abort.signal };
    return (await Array.fromAsync(containerLines(options, read, async () => undefined))).map(
      ({ text }) => text,
    );
  }
  const gone = new LabError({ code: 'service_not_running', message: 'm', fix: 'f', status: 404 });

  it('goes on with its next life, each line once, also those of one millisecond', async () => {
    const first = [line(1, 'a'), line(2, 'b'), line(2, 'c')];
    expect(await follow([first, gone, [...first, line(2, 'd'), line(3, 'e')]])).toEqual([
      'a',
      'b',
      'c',
      'd',
      'e',
    ]);
  });

  it('says so when there is none at the start', async () => {
    await expect(follow([gone])).rejects.toMatchObject({ code: 'service_not_running' });
  });
});
