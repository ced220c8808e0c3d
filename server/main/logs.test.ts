import { describe, expect, it } from 'vitest';
import { LabError } from '../lib/errors.ts';
import type { LogLine } from '../schemas/logs.ts';
import type { LabClient } from './lab-client.ts';
import { inOrder, logs, type LogsOptions } from './logs.ts';

const line = (service: string, time: string | null, text: string): LogLine => ({
  service,
  time,
  stream: 'both',
  text,
});
const LINES: Record<string, LogLine[]> = {
  model: [line('model', '2026-11-22T09:00:01.000Z', 'b'), line('model', null, 'c')],
  supervisor: [line('supervisor', '2026-11-22T09:00:00.000Z', 'a')],
};
const away = new LabError({ code: 'service_not_running', message: 'There is none.', fix: '', status: 404 });

async function run(options: Partial<LogsOptions> = {}) {
  const client = {
    services: async () => [...Object.keys(LINES), 'grafana'],
    async *logs({ service }: { service: string }) {
      if (service === 'grafana') throw away;
      yield LINES[service] ?? [];
    },
  } as unknown as LabClient;
  let [stdout, stderr] = ['', ''];
  await logs(client, {
    service: undefined,
    follow: false,
    tail: 10,
    format: 'table',
    signal: new AbortController().signal,
    write: async (text) => void (stdout += text),
    say: (text) => void (stderr += text),
    ...options,
  });
  return { stdout, stderr };
}

describe('logs', () => {
  it('of all services are in the order of time, with the names, and one that is away hides nothing', async () => {
    expect(await run()).toEqual({
      stdout:
        'supervisor  2026-11-22T09:00:00.000Z a\nmodel       2026-11-22T09:00:01.000Z b\nmodel       c\n',
      stderr: 'There is none.\n',
    });
  });

  it('of one service are without its name, and it is an error when it is away', async () => {
    expect((await run({ service: 'model' })).stdout).toBe('2026-11-22T09:00:01.000Z b\nc\n');
    await expect(run({ service: 'grafana' })).rejects.toBe(away);
  });

  it('are one JSON object a line', async () => {
    const { stdout } = await run({ service: 'model', format: 'json' });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual(LINES['model']);
  });

  it('say so when there is nothing', async () => {
    expect(await run({ service: 'weaviate' })).toEqual({
      stdout: '',
      stderr: expect.stringMatching(/^The service weaviate has written nothing yet\. .*`ailab-web up`/),
    });
  });

  it('keep a line without a time behind the one before it', () => {
    const found = [
      [line('a', null, '1'), line('a', '2026-01-01T00:00:02.000Z', '4'), line('a', null, '5')],
      [line('b', '2026-01-01T00:00:01.000Z', '2'), line('b', null, '3')],
    ];
    expect(inOrder(found).map(({ text }) => text)).toEqual(['1', '2', '3', '4', '5']);
  });
});
