import { describe, expect, it } from 'vitest';
import { commandFor } from './command.ts';

const facts = {
  runtime: 'llama-server' as const,
  version: '0.7.0',
  weightsPath: '/w/model.gguf',
  modelName: 'org/model',
  contextSize: 4096,
  threads: 2,
  profile: 'default' as const,
  port: 18080,
};

const args = (profile: 'default' | 'gpu', role: 'model' | 'embeddings' = 'model') =>
  commandFor(
    {
      home: '/h',
      role,
      facts: { ...facts, profile },
      launch: { kind: 'llama-server', path: '/bin/llama-server' },
    },
    '/h/runtime.key',
    '/bin/node',
  ).args;

const value = (flag: string, list = args('default')) => list[list.indexOf(flag) + 1];

describe('commandFor', () => {
  it('binds llama-server to the loopback, behind a key that is not in argv, with no origin allowed', () => {
    expect(value('--host')).toBe('127.0.0.1');
    expect(value('--api-key-file')).toBe('/h/runtime.key');
    expect(value('--cors-origins')).toBe('');
    expect(args('default')).toContain('--no-webui');
    expect(args('default')).not.toContain('--api-key');
  });

  it('passes context, threads and port as told, and keeps profile default off the devices', () => {
    expect(['-c', '-t', '--port', '--device'].map((flag) => value(flag))).toEqual([
      '4096',
      '2',
      '18080',
      'none',
    ]);
    expect(args('gpu')).not.toContain('--device');
  });

  it('embeds a whole text at once, in a mode of its own', () => {
    const list = args('default', 'embeddings');
    expect(['-b', '-ub', '--pooling'].map((flag) => value(flag, list))).toEqual(['4096', '4096', 'last']);
    expect([list.includes('--embeddings'), args('default').includes('--embeddings')]).toEqual([true, false]);
  });

  it('starts our worker with its entry and the mark of the home alone', () => {
    const launch = {
      kind: 'node-llama-cpp' as const,
      prefix: '/h/runtimes/x',
      workerEntry: '/dist/llama-worker.js',
    };
    expect(commandFor({ home: '/h', role: 'model', facts, launch }, '/h/runtime.key', '/bin/node')).toEqual({
      file: '/bin/node',
      args: ['/dist/llama-worker.js', '--ailab-worker=/h'],
      ipc: true,
    });
  });
});
