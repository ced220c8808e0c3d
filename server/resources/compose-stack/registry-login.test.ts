import { describe, expect, it } from 'vitest';
import type { HostPlatform } from './docker-host.ts';
import { registryLogin, registryOf } from './registry-login.ts';

const HUB = 'https://index.docker.io/v1/';
const signal = new AbortController().signal;
const basic = (pair: string) => Buffer.from(pair).toString('base64');

const login = (
  image: string,
  config: unknown,
  env: Record<string, string> = {},
  answer: () => string = () => '{}',
) => {
  const asked: string[] = [];
  const machine: HostPlatform = {
    platform: 'linux',
    homeFolder: '/h',
    exists: () => false,
    read: (path) => (path === '/h/.docker/config.json' ? JSON.stringify(config) : undefined),
  };
  const ask = async (...words: string[]) => {
    asked.push(words.join(' '));
    return answer();
  };
  return registryLogin(image, { NODE_ENV: 'test', ...env }, signal, { machine, ask }).then((found) => ({
    ...found,
    asked,
  }));
};

it.each([
  ['grafana/grafana:13.2.2@sha256:ab', HUB],
  ['alpine', HUB],
  ['docker.io/library/alpine', HUB],
  ['ghcr.io/ggml-org/llama.cpp:server', 'ghcr.io'],
  ['localhost/x', 'localhost'],
  ['localhost:5000/x:1', 'localhost:5000'],
  ['user/x:1', HUB],
])('%s comes from %s', (image, registry) => expect(registryOf(image)).toBe(registry));

describe('the login of a registry', () => {
  it('is that of its own entry, in the old form of its name too', async () => {
    const config = {
      auths: {
        [HUB]: { auth: basic('me:p:w') },
        'https://ghcr.io/v1/': { identitytoken: 'tok' },
        'quay.io': {},
      },
    };
    expect((await login('alpine', config)).auth).toEqual({
      serveraddress: HUB,
      username: 'me',
      password: 'p:w',
    });
    expect((await login('ghcr.io/x/y', config)).auth).toEqual({
      serveraddress: 'ghcr.io',
      identitytoken: 'tok',
    });
    for (const image of ['quay.io/x/y', 'evil-ghcr.io/x/y', 'other.io/x'])
      expect((await login(image, config)).auth).toBeNull();
  });

  it("is asked of the registry's own helper before the store of all, and the file then says nothing", async () => {
    const config = {
      credsStore: 'all',
      credHelpers: { 'ghcr.io': 'own' },
      auths: { 'ghcr.io': { auth: basic('a:b') } },
    };
    const answer = () => JSON.stringify({ ServerURL: 'ghcr.io', Username: 'u', Secret: 's' });
    expect(await login('ghcr.io/x/y', config, {}, answer)).toEqual({
      auth: { serveraddress: 'ghcr.io', username: 'u', password: 's' },
      trouble: null,
      asked: ['own ghcr.io'],
    });
    const token = () => JSON.stringify({ Username: '<token>', Secret: 's' });
    expect(await login('alpine', config, {}, token)).toEqual({
      auth: { serveraddress: HUB, identitytoken: 's' },
      trouble: null,
      asked: [`all ${HUB}`],
    });
  });

  it('is none when the helper fails, and says so without its words', async () => {
    const fail = () => 'secret words';
    const { auth, trouble } = await login('alpine', { credsStore: 'all' }, {}, fail);
    expect([auth, trouble]).toEqual([null, expect.stringMatching(/^docker-credential-all gave no login/)]);
    expect(trouble).not.toContain('secret words');
  });

  it('is that of DOCKER_AUTH_CONFIG first; what can not be read is none', async () => {
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'ghcr.io': { auth: basic('e:f') } } });
    const config = { credsStore: 'all' };
    expect((await login('ghcr.io/x/y', config, { DOCKER_AUTH_CONFIG })).auth).toMatchObject({
      username: 'e',
    });
    expect((await login('ghcr.io/x/y', { auths: 7 })).auth).toBeNull();
    expect((await login('ghcr.io/x/y', { auths: { 'ghcr.io': { auth: '%%' } } })).auth).toBeNull();
  });
});
