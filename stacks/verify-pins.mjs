// Checks every pinned image of the stack files against its registry: the tag exists, and it still has the pinned
// digest. `--fill` writes the digest behind a tag that has none yet; a digest never comes from anywhere else.
//   node stacks/verify-pins.mjs [--fill]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = import.meta.dirname;
const FILES = ['stack.yml', 'stack.gpu.yml'];
const PIN = /\$\{AILAB_IMAGE_[A-Z]+:-([^}]+)\}/g;
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `host/name:tag@digest`, as the text of a stack file holds it. Docker Hub is the host where none is named. */
export function parsePins(text) {
  return [...text.matchAll(PIN)].map(([, reference]) => {
    const [named, digest = null] = reference.split('@');
    const colon = named.lastIndexOf(':');
    const tag = named.slice(colon + 1);
    const path = named.slice(0, colon);
    const [first, ...rest] = path.split('/');
    const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
    const host = hasHost ? first : 'registry-1.docker.io';
    const name = hasHost ? rest.join('/') : rest.length === 0 ? `library/${path}` : path;
    return { reference, host, name, tag, digest };
  });
}

/** The digest that the registry gives for the tag. Throws when there is no such tag or no way to the registry. */
export async function askRegistry({ host, name, tag }, { scheme = 'https', fetch: get = fetch } = {}) {
  const url = `${scheme}://${host}/v2/${name}/manifests/${tag}`;
  const ask = (headers) =>
    get(url, {
      method: 'HEAD',
      headers: { accept: MANIFESTS, ...headers },
      signal: AbortSignal.timeout(20_000),
    });
  let reply = await ask({});
  if (reply.status === 401) {
    const token = await anonymousToken(reply.headers.get('www-authenticate') ?? '', get);
    reply = await ask({ authorization: `Bearer ${token}` });
  }
  if (reply.status === 404) throw new Error('the registry has no such tag');
  if (!reply.ok) throw new Error(`the registry answered ${reply.status}`);
  const digest = reply.headers.get('docker-content-digest') ?? '';
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error('the registry gave no digest');
  return digest;
}

async function anonymousToken(challenge, get) {
  const field = (key) => new RegExp(`${key}="([^"]*)"`).exec(challenge)?.[1];
  const realm = field('realm');
  if (realm === undefined) throw new Error('the registry wants a login');
  const url = new URL(realm);
  for (const key of ['service', 'scope']) if (field(key) !== undefined) url.searchParams.set(key, field(key));
  const reply = await get(url, { signal: AbortSignal.timeout(20_000) });
  const body = await reply.json();
  return body.token ?? body.access_token;
}

/** Lines to print, whether all is well, and the text with digests filled in. */
export async function verify(text, options = {}) {
  let filled = text;
  let ok = true;
  const lines = [];
  for (const pin of parsePins(text)) {
    try {
      const digest = await askRegistry(pin, options);
      if (pin.digest === null) {
        filled = filled.replace(pin.reference, `${pin.reference}@${digest}`);
        lines.push(`no digest yet   ${pin.reference} is ${digest}`);
      } else if (pin.digest === digest) lines.push(`as pinned       ${pin.reference}`);
      else {
        ok = false;
        lines.push(`ANOTHER DIGEST  ${pin.reference}: the tag is ${digest} now`);
      }
    } catch (error) {
      ok = false;
      lines.push(`NOT VERIFIED    ${pin.reference}: ${error.cause?.code ?? error.message}`);
    }
  }
  return { ok, lines, filled };
}

if (process.argv[1] === join(FOLDER, 'verify-pins.mjs')) {
  for (const file of FILES) {
    const path = join(FOLDER, file);
    const text = readFileSync(path, 'utf8');
    const { ok, lines, filled } = await verify(text);
    process.stdout.write(lines.map((line) => `${file}: ${line}\n`).join(''));
    if (!ok) process.exitCode = 1;
    if (process.argv.includes('--fill') && filled !== text) writeFileSync(path, filled);
  }
}
