import { describe, expect, it } from 'vitest';
import { locateHome } from '../../lib/home.ts';
import { roleOf } from './processes.ts';
import { slotOf } from './slot.ts';

const home = locateHome('/data/lab');
const slot = slotOf(home, 'model');
const nul = (...args: string[]) => `${args.join('\0')}\0`;

describe('roleOf', () => {
  it.each([
    [nul('node', '/dist/supervisor.js', '--ailab-supervisor=/data/lab'), 'supervisor'],
    [nul('node', '/dist/llama-worker.js', '--ailab-worker=/data/lab'), 'model server'],
    [nul('/usr/bin/llama-server', '--api-key-file', '/data/lab/runtime.key', '-c', '4096'), 'model server'],
    ['node /dist/llama-worker.js --ailab-worker=/data/lab', 'model server'],
    ['/usr/bin/llama-server --api-key-file /data/lab/runtime.key -c 1', 'model server'],
  ])('knows the processes of a home, from /proc and from ps (%#)', (args, role) => {
    expect(roleOf(args, slot)).toBe(role);
  });

  it.each([
    nul('node', '/dist/supervisor.js', '--ailab-supervisor=/data/lab2'),
    nul('node', '/dist/llama-worker.js', '--ailab-worker=/data/lab/inner'),
    nul('/usr/bin/llama-server', '--api-key-file', '/data/other/runtime.key'),
    nul('node', '/dist/supervisor.js', '--ailab-embeddings-supervisor=/data/lab'),
    nul('vim', '/data/lab/runtime.key'),
    nul('grep', 'x--ailab-worker=/data/lab'),
    '',
  ])('leaves every other process alone (%#)', (args) => {
    expect(roleOf(args, slot)).toBeUndefined();
  });

  it('tells the embeddings server from the model server', () => {
    const other = slotOf(home, 'embeddings');
    expect(roleOf('node w.js --ailab-embeddings-worker=/data/lab', other)).toBe('model server');
    expect(roleOf('llama-server --api-key-file /data/lab/embeddings.key -c 1', other)).toBe('model server');
    expect(roleOf('node w.js --ailab-worker=/data/lab', other)).toBeUndefined();
  });
});
