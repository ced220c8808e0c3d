import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { findDockerHost, type HostPlatform } from './docker-host.ts';
import { dockerTrouble } from './docker-trouble.ts';
import { olderThan } from './engine-api.ts';

const machine = (files: Record<string, string>, platform: NodeJS.Platform = 'linux'): HostPlatform => ({
  platform,
  homeFolder: '/home/u',
  exists: (path) => path in files,
  read: (path) => files[path],
});
const env = (values: Record<string, string> = {}): NodeJS.ProcessEnv => ({ NODE_ENV: 'test', ...values });
const metaFile = (name: string) =>
  `/home/u/.docker/contexts/meta/${createHash('sha256').update(name).digest('hex')}/meta.json`;

describe('findDockerHost', () => {
  it('takes DOCKER_HOST before all else', () => {
    const files = {
      '/var/run/docker.sock': '',
      '/home/u/.docker/config.json': '{"currentContext":"colima"}',
    };
    expect(findDockerHost(env({ DOCKER_HOST: 'unix:///x.sock' }), machine(files))).toEqual({
      url: 'unix:///x.sock',
      origin: 'DOCKER_HOST',
    });
  });

  it('takes the current context before the usual sockets', () => {
    const files = {
      '/var/run/docker.sock': '',
      '/home/u/.docker/config.json': '{"currentContext":"colima","auths":{}}',
      [metaFile('colima')]:
        '{"Name":"colima","Endpoints":{"docker":{"Host":"unix:///home/u/.colima/docker.sock"}}}',
    };
    expect(findDockerHost(env(), machine(files)).url).toBe('unix:///home/u/.colima/docker.sock');
    expect(findDockerHost(env({ DOCKER_CONTEXT: 'default' }), machine(files)).url).toBe(
      'unix:///var/run/docker.sock',
    );
  });

  it('finds the sockets of desktop products', () => {
    expect(findDockerHost(env(), machine({ '/home/u/.docker/run/docker.sock': '' }, 'darwin')).url).toBe(
      'unix:///home/u/.docker/run/docker.sock',
    );
    expect(
      findDockerHost(
        env({ XDG_RUNTIME_DIR: '/run/user/1000' }),
        machine({ '/run/user/1000/docker.sock': '' }),
      ).url,
    ).toBe('unix:///run/user/1000/docker.sock');
  });

  it.each<[string, Record<string, string>, Record<string, string>, string]>([
    ['nothing there', {}, {}, 'docker_not_found'],
    ['a context without its file', { DOCKER_CONTEXT: 'gone' }, {}, 'docker_context_unknown'],
    ['a broken context', { DOCKER_CONTEXT: 'bad' }, { [metaFile('bad')]: '{' }, 'docker_context_unknown'],
    ['another machine', { DOCKER_HOST: 'ssh://me:pw@far' }, {}, 'docker_remote_unsupported'],
    ['another machine over TCP', { DOCKER_HOST: 'tcp://10.0.0.1:2375' }, {}, 'docker_remote_unsupported'],
  ])('names the trouble: %s', (_what, values, files, code) => {
    expect(() => findDockerHost(env(values), machine(files))).toThrow(expect.objectContaining({ code }));
  });

  it('shows no password of a remote host', () => {
    expect(() => findDockerHost(env({ DOCKER_HOST: 'ssh://me:pw@far' }), machine({}))).not.toThrow(/pw/);
  });
});

describe('dockerTrouble', () => {
  const host = { url: 'unix:///x', origin: 'DOCKER_HOST' };
  const errno = (code: string) => Object.assign(new Error(code), { code });

  it.each([
    [errno('EACCES'), 'docker_permission'],
    [errno('ENOENT'), 'docker_unreachable'],
    [errno('ECONNREFUSED'), 'docker_unreachable'],
    [new DOMException('late', 'TimeoutError'), 'docker_timeout'],
    [Object.assign(new Error('x'), { statusCode: 500, json: { message: 'disk on fire' } }), 'docker_error'],
  ])('%s', (error, code) => {
    expect(dockerTrouble(error, host, 'listing')).toMatchObject({ code });
  });

  it('never advises to open the socket to everybody', () => {
    expect(dockerTrouble(errno('EACCES'), host, 'listing').fix).not.toMatch(/chmod|666|777/);
  });
});

describe('olderThan', () => {
  it('compares numbers, not text', () => {
    expect(olderThan('1.9', '1.41')).toBe(true);
    expect(olderThan('1.41', '1.41')).toBe(false);
    expect(olderThan('2.9.0', '2.20')).toBe(true);
    expect(olderThan('5.0.0', '2.20')).toBe(false);
  });
});
