/**
 * What a registry says about an image, without pulling it: the sizes of its layers. Source: OCI distribution spec 1.1
 * and Docker's token authentication. With the login that a pull would use.
 */
import * as z from 'zod';
import type { RegistryAuth } from './registry-login.ts';

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
  login: RegistryAuth | null = null,
): Promise<ImageLayers> {
  const { registry, repository, reference } = parseReference(image);
  const base = `${registry}/v2/${repository}`;
  let proof: string | undefined;
  const ask = async (path: string): Promise<unknown> => {
    const send = () =>
      fetch(`${base}/${path}`, {
        signal,
        headers: { accept: ACCEPT, ...(proof === undefined ? {} : { authorization: proof }) },
      });
    let reply = await send();
    if (reply.status === 401 && proof === undefined) {
      await reply.body?.cancel();
      const challenge = reply.headers.get('www-authenticate') ?? '';
      proof = await answerTo(challenge, registry, repository, login, signal);
      reply = await send();
    }
    if (reply.status === 401 || reply.status === 403) throw new Error(WANTS_LOGIN);
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

const WANTS_LOGIN = 'it wants a login';
const tokenAnswer = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** The Authorization header that the registry asks for: `Basic`, or `Bearer realm="…",service="…"` with a token from there. */
async function answerTo(
  challenge: string,
  registry: string,
  repository: string,
  login: RegistryAuth | null,
  signal: AbortSignal,
): Promise<string> {
  const { username, password } = login ?? {};
  const basic =
    username === undefined || password === undefined
      ? undefined
      : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  if (/^basic /i.test(challenge) && basic !== undefined && isSafe(new URL(registry))) return basic;
  const values = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
  const url = URL.parse(values['realm'] ?? '');
  if (!/^bearer /i.test(challenge) || url === null || !isSafe(url)) throw new Error(WANTS_LOGIN);
  if (values['service'] !== undefined) url.searchParams.set('service', values['service']);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  const reply = await fetch(url, {
    signal,
    ...(basic === undefined ? {} : { headers: { authorization: basic } }),
  });
  if (!reply.ok) throw new Error(WANTS_LOGIN);
  const { token, access_token: other } = tokenAnswer.parse(await readJson(reply));
  const found = token ?? other;
  if (found === undefined) throw new Error(WANTS_LOGIN);
  return `Bearer ${found}`;
}

/** A login goes over the network only encrypted. */
const isSafe = ({ protocol, host }: URL): boolean => protocol === 'https:' || isLoopback(host);

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
