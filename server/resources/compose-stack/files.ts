/**
 * The files the containers read: made from `stacks` and the secrets, compared before they are written. Each service
 * has a fingerprint of its own files, which its container carries as a label.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { errnoOf } from '../../lib/errors.ts';
import { homeError, type Home } from '../../lib/home.ts';
import { readOnce } from '../../lib/read-once.ts';
import { EMBEDDINGS_SERVICE, servedNameOf, type Lab } from '../../schemas/lab.ts';
import { stackLayout, type StackService } from './layout.ts';
import { PROMETHEUS_USER, type StackSecrets } from './secrets.ts';
import { makeFolders, MOUNTED, writeStackFile } from './stack-files.ts';

export interface StackFile {
  /** Relative to the folder of files, with `/`. */
  path: string;
  content: string;
  service: StackService;
  /** A file its service reads again by itself: a change needs no new container. */
  live?: true;
}

type NamedLab = Pick<Lab, 'modelName' | 'servedName' | 'stack' | 'embeddings'>;

/** Every file with its content; reads `stacks` only. */
export function stackFiles(stacksFolder: string, lab: NamedLab, secrets: StackSecrets): StackFile[] {
  const { modelKey, prometheusPassword, prometheusHash, grafanaPassword } = secrets;
  const basic = Buffer.from(`${PROMETHEUS_USER}:${prometheusPassword}`).toString('base64');
  return [
    { service: 'model', path: 'model/model.key', content: `${modelKey}\n` },
    { service: EMBEDDINGS_SERVICE, path: 'embeddings/model.key', content: `${modelKey}\n` },
    ...copies(stacksFolder, 'prometheus', 'prometheus', (text) => text),
    { service: 'prometheus', path: 'prometheus/model.key', content: modelKey },
    { service: 'prometheus', path: 'prometheus/password', content: prometheusPassword },
    { service: 'prometheus', path: 'prometheus/basic.auth', content: basic },
    {
      service: 'prometheus',
      path: 'prometheus/web.yml',
      content: `basic_auth_users:\n  ${PROMETHEUS_USER}: ${prometheusHash}\n`,
    },
    ...targetFiles(lab),
    ...copies(stacksFolder, 'grafana', 'grafana', (text) =>
      text.replaceAll('AILAB_PROMETHEUS_PASSWORD', prometheusPassword),
    ),
    { service: 'grafana', path: 'grafana-secrets/admin.password', content: grafanaPassword },
    // Prometheus reads Grafana's figures with the password that it knows already.
    { service: 'grafana', path: 'grafana-secrets/metrics.password', content: prometheusPassword },
  ];
}

const METRICS_PORTS = { weaviate: 2112, grafana: 3000 } as const;

function targetFile(name: string, targets: unknown[]): StackFile {
  const content = `${JSON.stringify(targets)}\n`;
  return { service: 'prometheus', path: `prometheus/targets/${name}.json`, content, live: true };
}

/** What Prometheus scrapes, for its file discovery. llama-server labels nothing, so its name comes from here. */
function targetFiles({ stack, embeddings, ...names }: NamedLab): StackFile[] {
  const labels = { model_name: servedNameOf(names), runtime: 'llama.cpp' };
  return [
    targetFile('model', [{ targets: ['model:8080'], labels }]),
    targetFile(
      EMBEDDINGS_SERVICE,
      embeddings === undefined
        ? []
        : [{ targets: ['embeddings:8080'], labels: { ...labels, model_name: embeddings.modelName } }],
    ),
    ...(['weaviate', 'grafana'] as const).map((name) =>
      targetFile(
        name,
        stack.services.includes(name) ? [{ targets: [`${name}:${METRICS_PORTS[name]}`] }] : [],
      ),
    ),
  ];
}

/** The files of the package from which the mounted ones are made. */
export function templatePaths(stacksFolder: string): string[] {
  return ['prometheus', 'grafana'].flatMap((folder) => below(join(stacksFolder, folder)));
}

function copies(
  stacksFolder: string,
  folder: string,
  service: StackService,
  fill: (text: string) => string,
): StackFile[] {
  return below(join(stacksFolder, folder)).map((path) => ({
    service,
    path: relative(stacksFolder, path).replaceAll('\\', '/'),
    content: fill(readOnce(path)),
  }));
}

function below(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? below(path) : [path];
    })
    .toSorted();
}

/** 16 hex characters over a service's files. It says nothing about the secrets in them: they are 256 random bits. */
export function fingerprint(files: readonly StackFile[], service: StackService): string {
  const hash = createHash('sha256');
  for (const file of files) {
    if (file.service === service && file.live !== true) hash.update(`${file.path}\0${file.content}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Writes what differs. Folders 0755 and files 0644 inside the 0700 home. */
export function writeStackFiles(home: Home, files: readonly StackFile[]): void {
  const { files: folder } = stackLayout(home);
  for (const { path, content } of files) {
    const target = join(folder, path);
    if (isSame(target, content, home)) makeFolders(home, dirname(target));
    else writeStackFile(home, target, content, MOUNTED);
  }
}

function isSame(path: string, content: string, home: Home): boolean {
  try {
    return (statSync(path).mode & 0o777) === MOUNTED && readFileSync(path, 'utf8') === content;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw homeError(home.root, error);
  }
}
