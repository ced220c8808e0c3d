import { compareSync } from 'bcryptjs';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureHome, locateHome, type Home } from '../../server/lib/home.ts';
import { DEFAULT_PORTS } from '../../server/schemas/config-defaults.ts';
import type { Lab } from '../../server/schemas/lab.ts';
import {
  composeEnvironment,
  environmentFile,
  fillTokens,
  memoryForModel,
  secretVariables,
  stackVariables,
  tokenVariables,
  userFor,
} from '../../server/resources/compose-stack/environment.ts';
import { fingerprint, stackFiles, writeStackFiles } from '../../server/resources/compose-stack/files.ts';
import { stackLayout } from '../../server/resources/compose-stack/layout.ts';
import { ensureSecrets, readSecrets } from '../../server/resources/compose-stack/secrets.ts';
import { weightsMount } from '../../server/resources/compose-stack/weights-mount.ts';

const STACKS = join(import.meta.dirname, '../../stacks');
let root: string;
let home: Home;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ailab-stack-'));
  home = locateHome(join(root, 'home'));
  ensureHome(home);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const labOf = (modelName: string): Pick<Lab, 'modelName' | 'stack'> => ({
  modelName,
  stack: { services: ['weaviate', 'prometheus'], ports: DEFAULT_PORTS, images: {} },
});
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

describe('secrets', () => {
  it('are made once, for the owner alone, and are what Prometheus will check', () => {
    expect(readSecrets(home)).toBeNull();
    const secrets = ensureSecrets(home);
    expect(ensureSecrets(home)).toEqual(secrets);
    expect(mode(stackLayout(home).secrets)).toBe('600');
    expect(mode(stackLayout(home).root)).toBe('700');
    expect(compareSync(secrets.prometheusPassword, secrets.prometheusHash)).toBe(true);
    expect(new Set(Object.values(secrets)).size).toBe(5);
  });

  it.each(['', '{', '{"modelKey":"short"}'])(
    'that are broken are a named error, never new ones: %j',
    (text) => {
      mkdirSync(stackLayout(home).root);
      writeFileSync(stackLayout(home).secrets, text);
      expect(() => ensureSecrets(home)).toThrow(expect.objectContaining({ code: 'stack_secrets_invalid' }));
      expect(readFileSync(stackLayout(home).secrets, 'utf8')).toBe(text);
    },
  );
});

describe('files of the stack', () => {
  it('can be read by any user of a container, under any umask, inside the closed home', () => {
    const before = process.umask(0o077);
    try {
      writeStackFiles(home, stackFiles(STACKS, labOf('m'), ensureSecrets(home)));
    } finally {
      process.umask(before);
    }
    const { files } = stackLayout(home);
    for (const path of [
      'model/model.key',
      'prometheus/web.yml',
      'prometheus/targets/model.json',
      'grafana-secrets/admin.password',
      'grafana/provisioning/datasources/prometheus.yml',
    ]) {
      expect(mode(join(files, path))).toBe('644');
      expect(mode(dirname(join(files, path)))).toBe('755');
    }
    expect(mode(home.root)).toBe('700');
  });

  it('holds the password where Prometheus and Grafana look for it', () => {
    const secrets = ensureSecrets(home);
    const content = new Map(stackFiles(STACKS, labOf('m'), secrets).map((file) => [file.path, file.content]));
    expect(content.get('prometheus/web.yml')).toContain(`ailab: ${secrets.prometheusHash}`);
    const datasource = content.get('grafana/provisioning/datasources/prometheus.yml');
    expect(datasource).toContain(`basicAuthPassword: ${secrets.prometheusPassword}\n`);
    expect(content.get('prometheus/targets/model.json')).toBe(
      '[{"targets":["model:8080"],"labels":{"model_name":"m","runtime":"llama.cpp"}}]\n',
    );
    expect(content.get('grafana-secrets/metrics.password')).toBe(secrets.prometheusPassword);
  });

  it('names a target for each service the lab has, and for no other', () => {
    const files = stackFiles(STACKS, labOf('m'), ensureSecrets(home));
    const targets = (name: string) =>
      files.find(({ path }) => path === `prometheus/targets/${name}.json`)?.content;
    expect(targets('weaviate')).toBe('[{"targets":["weaviate:2112"]}]\n');
    expect(targets('grafana')).toBe('[]\n');
  });

  it('changes the fingerprint of the service concerned, and of none for what is read live', () => {
    const secrets = ensureSecrets(home);
    const of = (files: ReturnType<typeof stackFiles>) =>
      ['model', 'prometheus', 'grafana'].map((name) => fingerprint(files, name as 'model'));
    const first = of(stackFiles(STACKS, labOf('m'), secrets));
    expect(of(stackFiles(STACKS, labOf('other'), secrets))).toEqual(first);
    const second = of(stackFiles(STACKS, labOf('m'), { ...secrets, grafanaPassword: 'x' }));
    expect(second.map((value, index) => value === first[index])).toEqual([true, true, false]);
  });

  it('leaves a file alone that is as it should be', () => {
    const files = stackFiles(STACKS, labOf('m'), ensureSecrets(home));
    writeStackFiles(home, files);
    const path = join(stackLayout(home).files, 'model/model.key');
    const { ino } = statSync(path);
    writeStackFiles(home, files);
    expect(statSync(path).ino).toBe(ino);
    chmodSync(path, 0o600);
    writeStackFiles(home, files);
    expect(mode(path)).toBe('644');
  });
});

const lab = (change: Partial<Lab> = {}): Lab => ({
  project: 'ai-lab',
  engine: 'docker',
  engineReason: '',
  profile: 'default',
  weights: { kind: 'none' },
  weightsPath: null,
  modelName: "it's",
  contextSize: 4096,
  modelPort: 18_080,
  threads: 2,
  runtime: { kind: 'llama-server', path: '', version: null },
  stack: { services: [], ports: DEFAULT_PORTS, images: {} },
  ...change,
});
const facts = { weights: null, rootless: false, uid: 1000, gid: 1000 };
const env = (values: Record<string, string> = {}): NodeJS.ProcessEnv => ({ NODE_ENV: 'test', ...values });

describe('variables', () => {
  it('take images from the config, and from the environment over it', () => {
    const wish = lab({
      stack: { services: [], ports: DEFAULT_PORTS, images: { model: 'mirror/m', grafana: 'mirror/g' } },
    });
    const variables = stackVariables(
      home,
      wish,
      facts,
      env({ AILAB_IMAGE_MODEL: 'env/m', AILAB_MEMORY_MODEL: '64m', AILAB_PORT_MODEL: '1' }),
    );
    expect(variables).toMatchObject({
      AILAB_IMAGE_MODEL: 'env/m',
      AILAB_IMAGE_GRAFANA: 'mirror/g',
      AILAB_MEMORY_MODEL: '64m',
      AILAB_PORT_MODEL: '18080',
    });
  });

  it('refuse an image for a service that there is not', () => {
    const wish = lab({ stack: { services: [], ports: DEFAULT_PORTS, images: { modle: 'x' } } });
    expect(() => stackVariables(home, wish, facts, env())).toThrow(
      expect.objectContaining({ code: 'images_unknown_service' }),
    );
  });

  it('keep secrets out of what is rendered, and put them in afterwards', () => {
    const secrets = ensureSecrets(home);
    const real = secretVariables(secrets, stackFiles(STACKS, labOf('m'), secrets));
    const text = JSON.stringify(tokenVariables());
    expect(text).not.toContain(secrets.weaviateKey);
    expect(JSON.parse(fillTokens(text, real))).toEqual(real);
  });

  it('survive the env file of Compose, quotes included', () => {
    expect(environmentFile({ A: 'b c', N: "it's $x" })).toBe("A='b c'\nN='it\\'s $x'\n");
  });

  it('reach Compose without what would make another stack of it', () => {
    const made = composeEnvironment(
      env({
        PATH: '/bin',
        COMPOSE_FILE: 'x',
        COMPOSE_PROFILES: 'y',
        DOCKER_CONTEXT: 'z',
        AWS_SECRET: 's',
        https_proxy: 'p',
      }),
      'unix:///d',
      { A: '1' },
    );
    expect(made).toEqual({
      NODE_ENV: 'test',
      PATH: '/bin',
      https_proxy: 'p',
      DOCKER_HOST: 'unix:///d',
      COMPOSE_ANSI: 'never',
      A: '1',
    });
  });

  it('give the model no more memory than there is', () => {
    expect(memoryForModel(100e9, 4096, 8e9)).toBe(8e9);
    expect(memoryForModel(1e8, 512, 64e9)).toBeGreaterThan(1.5e9);
  });
});

describe('userFor', () => {
  const mount = { folder: '/m', file: 'f', bytes: 1, owner: { uid: 1001, gid: 100 }, readableByAll: true };
  it.each([
    ['ourselves', mount, facts, '1000:1000'],
    ['nobody for root', mount, { ...facts, uid: 0, gid: 0 }, '65534:65534'],
    ['the owner of closed weights', { ...mount, readableByAll: false }, facts, '1001:100'],
    ['root where root is us', mount, { ...facts, rootless: true }, '0:0'],
  ])('is %s', (_what, weights, who, user) => {
    expect(userFor(weights, who)).toBe(user);
  });
});

describe('weightsMount', () => {
  it("takes the whole repository of a Hub cache, because a snapshot's files are links into its blobs", async () => {
    const repo = join(root, 'hub/models--o--n');
    mkdirSync(join(repo, 'blobs'), { recursive: true });
    mkdirSync(join(repo, 'snapshots/abc'), { recursive: true });
    writeFileSync(join(repo, 'blobs/e1'), 'GGUF');
    symlinkSync('../../blobs/e1', join(repo, 'snapshots/abc/m.gguf'));
    const mount = await weightsMount(join(repo, 'snapshots/abc/m.gguf'));
    expect(mount).toMatchObject({ folder: repo, file: 'snapshots/abc/m.gguf', bytes: 4 });
  });

  it("takes the real file's folder otherwise", async () => {
    mkdirSync(join(root, 'models'));
    writeFileSync(join(root, 'models/m-00001-of-00003.gguf'), 'GGUF');
    symlinkSync(join(root, 'models/m-00001-of-00003.gguf'), join(root, 'link.gguf'));
    const mount = await weightsMount(join(root, 'link.gguf'));
    expect(mount).toMatchObject({ folder: join(root, 'models'), file: 'm-00001-of-00003.gguf', bytes: 12 });
  });

  it('sees a closed folder', async () => {
    mkdirSync(join(root, 'closed'), { mode: 0o700 });
    writeFileSync(join(root, 'closed/m.gguf'), 'GGUF', { mode: 0o644 });
    expect((await weightsMount(join(root, 'closed/m.gguf'))).readableByAll).toBe(false);
  });

  it('shows a container no folder that holds more than weights', async () => {
    writeFileSync(join(root, 'm.gguf'), 'GGUF');
    await expect(weightsMount(join(root, 'm.gguf'), root)).rejects.toMatchObject({
      code: 'weights_folder_too_wide',
    });
    await expect(weightsMount(join(root, 'm.gguf'), join(root, 'me'))).rejects.toMatchObject({
      code: 'weights_folder_too_wide',
    });
    await expect(weightsMount('/etc/hostname')).rejects.toMatchObject({ code: 'weights_folder_too_wide' });
    await expect(weightsMount(join(root, 'none.gguf'))).rejects.toMatchObject({ code: 'weights_not_found' });
  });
});
