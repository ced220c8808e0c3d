/** What a service of the stack is, where it is reached and how it is, in words. Decided from its facts alone. */
import { formatFigure } from '../../../server/schemas/format.ts';
import type { StatusItem } from '../../_lib/wire.ts';

const ROLES: Record<string, string> = {
  model: 'answers the chat',
  embeddings: 'turns texts into vectors',
  weaviate: 'vector database',
  prometheus: 'collects the metrics',
  grafana: 'draws the metrics',
};

export function serviceRole(name: string): string | null {
  return ROLES[name] ?? null;
}

export interface PublishedPort {
  /** On this machine. */
  published: string;
  /** In the container, e.g. `8080/tcp`. */
  target: string;
}

/** From the fact `ports`: `127.0.0.1:18080→8080/tcp, …`. */
export function publishedPorts(meta: StatusItem['meta']): PublishedPort[] {
  const { ports } = meta;
  if (typeof ports !== 'string') return [];
  return [...ports.matchAll(/:(\d+)→(\d+\/\w+)/g)].map(([, published = '', target = '']) => ({
    published,
    target,
  }));
}

export interface Page {
  label: string;
  url: string;
}

const PAGES: Record<string, { target: string; label: string }> = {
  prometheus: { target: '9090/tcp', label: 'Open Prometheus' },
  grafana: { target: '3000/tcp', label: 'Open Grafana' },
};

/** What a person can open in a browser; null for what only programs use, and while it does not run. */
export function servicePage({ name, state, health, meta }: StatusItem): Page | null {
  const page = PAGES[name];
  if (page === undefined || state !== 'managed' || health !== 'healthy') return null;
  const port = publishedPorts(meta).find(({ target }) => target === page.target);
  // Grafana answers to no other name than localhost.
  return port === undefined ? null : { label: page.label, url: `http://localhost:${port.published}/` };
}

/** Who gets in, with what, and where that lies; the secrets themselves never reach a browser. */
export function howToLogIn({ name }: Pick<StatusItem, 'name'>, home: string): string | null {
  switch (name) {
    case 'grafana':
      return `The charts open without a login. To change them, log in as \`admin\`; the password: \`cat ${quoted(`${home}/stack/files/grafana-secrets/admin.password`)}\``;
    case 'prometheus':
      return `Log in as \`ailab\`; the password: \`cat ${quoted(`${home}/stack/files/prometheus/password`)}\``;
    case 'weaviate':
      return `For programs, with the key \`weaviateKey\` in \`${home}/stack/secrets.json\` as a bearer token.`;
    case 'model':
    case 'embeddings':
      return 'Programs reach it through this dashboard’s `/v1`, with a key from Settings. The port itself takes the lab’s own key alone.';
    default:
      return null;
  }
}

const quoted = (path: string): string => (/^[\w./~-]+$/.test(path) ? path : `'${path}'`);

/** Memory as Docker and Compose count it: `412 MiB`, `4 GiB`. */
export function memoryWords(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${formatFigure(bytes / 1024 ** 3)} GiB`;
  if (bytes >= 1024 ** 2) return `${formatFigure(bytes / 1024 ** 2)} MiB`;
  return `${Math.round(bytes / 1024)} KiB`;
}

/** Of one core: `2 % CPU`, `180 % CPU`. */
export function cpuWords(cores: number): string {
  const percent = cores * 100;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} % CPU`;
}

/** From this share of its limit on, memory is worth a look. */
export const MEMORY_TIGHT = 0.9;

/** `sha256:ac46…38a0` as people compare it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^(sha256:)?([0-9a-f]{12})[0-9a-f]+$/, '$1$2');
}

export function textOf(item: StatusItem, key: string): string | null {
  const value = item.meta[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

export function numberOf(item: StatusItem, key: string): number | null {
  const value = item.meta[key];
  return typeof value === 'number' ? value : null;
}
