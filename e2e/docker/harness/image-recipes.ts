/**
 * How each archive of test images is made. llama-server and Prometheus are Debian's own builds of the real programs;
 * Weaviate and Grafana, which Debian does not have, are stand-ins and are named so.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ImageSource } from './image-archive.ts';
import { addBusybox, addNode, addPackage, folders, makeTree, script, trim } from './image-trees.ts';
import { fetchFromSid, unpack, upstreamVersion } from './sid.ts';

export type Service = 'model' | 'weaviate' | 'prometheus' | 'grafana';

export interface Recipe {
  name: string;
  services: Service[];
  standIn: boolean;
  /** Changes when the images would come out otherwise. */
  fingerprint: () => string;
  /** Makes the images' trees under `folder`. */
  make(folder: string): Promise<ImageSource[]>;
}

/** Raise it when a recipe's own code changes what comes out. */
const GENERATION = '2';
const STAND_INS = join(import.meta.dirname, 'stand-ins');
const SYSTEM_PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const model: Recipe = {
  name: 'llama-server',
  services: ['model'],
  standIn: false,
  fingerprint: () => fingerprint([]),
  async make(folder) {
    const debs = await fetchFromSid(
      ['llama.cpp-tools', 'curl', 'busybox-static'],
      join(folder, 'debs'),
      true,
    );
    const tree = makeTree(join(folder, 'model'));
    await unpack(debs, tree);
    trim(tree);
    await addBusybox(tree, join(tree, 'usr/bin/busybox'));
    return [
      {
        ref: `ailab-test/llama-server:${await upstreamVersion(debs, 'llama.cpp-tools')}`,
        layers: [{ tree, owner: '0:0' }],
        // As the official image: its listening address, and a health check on a port that may not be yours.
        config: {
          Entrypoint: ['/usr/bin/llama-server'],
          Env: [SYSTEM_PATH, 'LLAMA_ARG_HOST=0.0.0.0'],
          Healthcheck: { Test: ['CMD', 'curl', '-f', 'http://localhost:8080/health'] },
        },
      },
    ];
  },
};

const prometheus: Recipe = {
  name: 'prometheus',
  services: ['prometheus'],
  standIn: false,
  fingerprint: () => fingerprint([]),
  async make(folder) {
    const wanted = ['prometheus', 'promtool', 'libc6', 'busybox-static'];
    const debs = await fetchFromSid(wanted, join(folder, 'debs'), false);
    const tree = makeTree(join(folder, 'prometheus'));
    await unpack(debs, tree);
    trim(tree);
    await addBusybox(tree, join(tree, 'usr/bin/busybox'));
    mkdirSync(join(tree, 'etc/prometheus'), { recursive: true });
    writeFileSync(
      join(tree, 'etc/prometheus/prometheus.yml'),
      'scrape_configs: [{job_name: prometheus, static_configs: [{targets: ["localhost:9090"]}]}]\n',
    );
    const data = folders(join(folder, 'prometheus-data'), ['prometheus'], 0o755);
    return [
      {
        ref: `ailab-test/prometheus:${await upstreamVersion(debs, 'prometheus')}`,
        layers: [
          { tree, owner: '0:0' },
          { tree: data, owner: '65534:65534', paths: ['prometheus'] },
        ],
        config: {
          Entrypoint: ['/bin/prometheus'],
          Cmd: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
          Env: [SYSTEM_PATH],
          User: '65534',
          WorkingDir: '/prometheus',
          ExposedPorts: { '9090/tcp': {} },
          Volumes: { '/prometheus': {} },
        },
      },
    ];
  },
};

const GRAFANA_HOME = '/usr/share/grafana';
const GRAFANA_OWNED = ['var/lib/grafana', 'var/log/grafana', 'etc/grafana/provisioning'];

const standIns: Recipe = {
  name: 'stand-ins',
  services: ['weaviate', 'grafana'],
  standIn: true,
  fingerprint: () =>
    fingerprint([
      process.version,
      ...readdirSync(STAND_INS).map((file) => readFileSync(join(STAND_INS, file), 'utf8')),
    ]),
  async make(folder) {
    const debs = await fetchFromSid(['busybox-static'], join(folder, 'debs'), false);
    await unpack(debs, join(folder, 'busybox'));
    const tree = makeTree(join(folder, 'stand-ins'));
    await addBusybox(tree, join(folder, 'busybox/usr/bin/busybox'));
    await addNode(tree);
    cpSync(STAND_INS, join(tree, 'opt/stand-in'), { recursive: true });
    writeFileSync(join(tree, 'opt/stand-in/package.json'), '{"type":"module"}');
    addPackage(tree, 'yaml');
    script(tree, 'usr/bin/weaviate', '#!/bin/sh\nexec node /opt/stand-in/weaviate.ts "$@"\n');
    script(tree, `${GRAFANA_HOME}/bin/grafana`, '#!/bin/sh\nexec node /opt/stand-in/grafana.ts "$@"\n');
    script(tree, 'run.sh', '#!/bin/sh\nexec grafana server "$@"\n');
    mkdirSync(join(tree, 'etc/grafana'), { recursive: true });
    writeFileSync(join(tree, 'etc/grafana/grafana.ini'), '');
    const layer = { tree, owner: '0:0' };
    const owned = folders(join(folder, 'grafana-data'), [...GRAFANA_OWNED, 'var/lib/grafana/plugins'], 0o777);
    return [
      {
        ref: 'ailab-test/stand-in-weaviate:1',
        layers: [layer],
        // The official image names no user either: it runs as root.
        config: {
          Entrypoint: ['/bin/weaviate'],
          Cmd: ['--host', '0.0.0.0', '--port', '8080', '--scheme', 'http'],
          Env: [SYSTEM_PATH],
        },
      },
      {
        ref: 'ailab-test/stand-in-grafana:1',
        layers: [layer, { tree: owned, owner: '472:0', paths: GRAFANA_OWNED }],
        config: {
          Entrypoint: ['/run.sh'],
          Env: [
            SYSTEM_PATH.replace('=', `=${GRAFANA_HOME}/bin:`),
            'GF_PATHS_CONFIG=/etc/grafana/grafana.ini',
            'GF_PATHS_DATA=/var/lib/grafana',
            `GF_PATHS_HOME=${GRAFANA_HOME}`,
            'GF_PATHS_LOGS=/var/log/grafana',
            'GF_PATHS_PLUGINS=/var/lib/grafana/plugins',
            'GF_PATHS_PROVISIONING=/etc/grafana/provisioning',
          ],
          User: '472',
          WorkingDir: GRAFANA_HOME,
          ExposedPorts: { '3000/tcp': {} },
        },
      },
    ];
  },
};

export const RECIPES: Recipe[] = [model, prometheus, standIns];

function fingerprint(inputs: string[]): string {
  const hash = createHash('sha256');
  for (const input of [GENERATION, process.arch, ...inputs]) hash.update(input).update('\0');
  return hash.digest('hex').slice(0, 12);
}
