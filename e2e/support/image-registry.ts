/** A registry that hands out one image, from what `docker save` wrote. Source: OCI distribution spec 1.1. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';

export interface ImageRegistry {
  /** With its tag. */
  ref: string;
  /** Of the manifest: what the image is known by. */
  digest: string;
  /** From now on the tag names nothing; the digest still does. */
  forgetTag(): void;
  close(): void;
}

const saved = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) })).length(1);
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** `folder`: the unpacked archive. */
export async function startImageRegistry(folder: string, name: string): Promise<ImageRegistry> {
  const [image] = saved.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
  const blobs = new Map<string, string>();
  const describe = (mediaType: string, path: string) => {
    const file = join(folder, path);
    const digest = sha256(readFileSync(file));
    blobs.set(digest, file);
    return { mediaType, digest, size: statSync(file).size };
  };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: describe('application/vnd.oci.image.config.v1+json', image?.Config ?? ''),
      layers: image?.Layers.map((path) => describe('application/vnd.oci.image.layer.v1.tar', path)),
    }),
  );
  const digest = sha256(manifest);
  let tag: string | null = '1';
  const server = createServer((request, response) => {
    const [, kind, of = ''] = /^\/v2\/[\w/]+\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
    if (request.url === '/v2/') return void response.end('{}');
    if (kind === 'manifests' && (of === tag || of === digest)) {
      const headers = {
        'content-type': MANIFEST,
        'docker-content-digest': digest,
        'content-length': manifest.length,
      };
      response.writeHead(200, headers);
      return void response.end(request.method === 'HEAD' ? undefined : manifest);
    }
    const file = kind === 'blobs' ? blobs.get(of) : undefined;
    if (file === undefined)
      return void response
        .writeHead(404)
        .end('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}');
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': statSync(file).size,
    });
    if (request.method === 'HEAD') return void response.end();
    return void createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ref: `127.0.0.1:${port}/${name}:1`,
    digest,
    forgetTag: () => (tag = null),
    close: () => server.close(),
  };
}
