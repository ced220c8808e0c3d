/**
 * What a registry says about an image, without pulling it: the sizes of its layers. Source: OCI distribution spec 1.1
 * and Docker's token authentication. Without a login: a private image stays unknown.
 */
import { z } from 'zod';

export interface ImageLayers {
  /** Bytes of each layer as the network carries it, lowest first. */
  sizes: number[];
  /** Of the same layers unpacked, as local images name theirs. */
  diffIds: string[];
}

export interface ImageReference {
  /** Base URL of the registry. */
  registry: string;
  repository: string;
  /** Tag or digest. */
  reference: string;
}

/** As Docker reads it: a first part with a dot, a colon or `localhost` is a registry, else it is Docker Hub. */
export function parseReference(image: string): ImageReference {
  const [named = '', digest] = image.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hosted = first.includes('.') || first.includes(':') || first === 'localhost';
  const path = hosted ? named.slice(slash + 1) : named;
  const colon = path.lastIndexOf(':');
  const repository = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? 'latest' : path.slice(colon + 1);
  const hub = !hosted || first === 'docker.io' || first === 'index.docker.io';
  return {
    registry: hub ? 'https://registry-1.docker.io' : `${isLoopback(first) ? 'http' : 'https'}://${first}`,
    repository: hub && !repository.includes('/') ? `library/${repository}` : repository,
    reference: digest ?? tag,
  };
}

/** Docker itself speaks plain HTTP to a registry on the loopback. */
const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3})(:\d+)?$/.test(host);

const descriptor = z.object({
  digest: z.string(),
  size: z.number().nonnegative(),
  platform: z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() }).optional(),
});
const imageIndex = z.object({ manifests: z.array(descriptor) });
const imageManifest = z.object({ config: descriptor, layers: z.array(descriptor) });
const imageConfig = z.object({ rootfs: z.object({ diff_ids: z.array(z.string()) }) });

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** Manifests and configs are some kilobytes; more is no answer to our question. */
const MAX_CHARS = 4 * 1024 * 1024;

/** Docker's word for the processor to the registries' one. */
const ARCHITECTURES: Record<string, string> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' };

/** `machine`: as `docker info` names it. Rejects with the reason in a few words. */
export async function askRegistry(
  image: string,
  machine: string | undefined,
  signal: AbortSignal,
): Promise<ImageLayers> {
  const { registry, repository, reference } = parseReference(image);
  const base = `${registry}/v2/${repository}`;
  let token: string | undefined;
  const ask = async (path: string): Promise<unknown> => {
    const send = () =>
      fetch(`${base}/${path}`, {
        signal,
        headers: { accept: ACCEPT, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      });
    let reply = await send();
    if (reply.status === 401 && token === undefined) {
      await reply.body?.cancel();
      token = await fetchToken(reply.headers.get('www-authenticate') ?? '', repository, signal);
      reply = await send();
    }
    if (reply.status === 401 || reply.status === 403) throw new Error('it wants a login');
    if (!reply.ok) throw new Error(`it answered ${reply.status}`);
    return readJson(reply);
  };
  try {
    const first = await ask(`manifests/${reference}`);
    const index = imageIndex.safeParse(first);
    const digest = index.success ? pickPlatform(index.data.manifests, machine) : undefined;
    const manifest = imageManifest.parse(digest === undefined ? first : await ask(`manifests/${digest}`));
    const config = imageConfig.parse(await ask(`blobs/${manifest.config.digest}`));
    return { sizes: manifest.layers.map(({ size }) => size), diffIds: config.rootfs.diff_ids };
  } catch (error) {
    throw new Error(reason(error), { cause: error });
  }
}

function pickPlatform(manifests: readonly z.infer<typeof descriptor>[], machine: string | undefined): string {
  const architecture = ARCHITECTURES[machine ?? ''] ?? machine ?? 'amd64';
  const found = manifests.find(
    ({ platform }) => platform?.os === 'linux' && platform.architecture === architecture,
  );
  if (found === undefined) throw new Error(`it has no image for linux on ${architecture}`);
  return found.digest;
}

const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** `Bearer realm="…",service="…"`: a token for reading, for anybody. */
async function fetchToken(challenge: string, repository: string, signal: AbortSignal): Promise<string> {
  const values = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const realm = values['realm'];
  if (!/^bearer /i.test(challenge) || realm === undefined) throw new Error('it wants a login');
  const url = new URL(realm);
  if (url.protocol !== 'https:' && !isLoopback(url.host)) throw new Error('it wants a login');
  if (values['service'] !== undefined) url.searchParams.set('service', values['service']);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const reply = await fetch(url, { signal });
  if (!reply.ok) throw new Error('it wants a login');
  const { token, access_token: other } = tokenAnswer.parse(await readJson(reply));
  const found = token ?? other;
  if (found === undefined) throw new Error('it wants a login');
  return found;
}

async function readJson(reply: Response): Promise<unknown> {
  let text = '';
  for await (const chunk of reply.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (text.length > MAX_CHARS) throw new Error('its answer is too long');
  }
  return JSON.parse(text);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it did not answer in time';
  if (error instanceof z.ZodError || error instanceof SyntaxError) return 'its answer is of another shape';
  return error.message === 'fetch failed' ? 'it can not be reached' : error.message;
}
