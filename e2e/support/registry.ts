/** A registry that lists one image and hands out none of its layers: what a plan may ask, and nothing more. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListedImage {
  /** Bytes of each layer, lowest first. */
  sizes: number[];
  /** Of the same layers unpacked. */
  diffIds: string[];
}

export interface ListingRegistry {
  /** Reference of the image at this registry. */
  ref: string;
  /** Paths asked for, in order. */
  asked: string[];
  close(): void;
}

const digest = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

/** Wants a token first, as the public ones do, and lists the image for two processors. */
export async function startListingRegistry({ sizes, diffIds }: ListedImage): Promise<ListingRegistry> {
  const asked: string[] = [];
  const platforms = (['amd64', 'arm64'] as const).map((architecture) => ({
    digest: digest(architecture),
    size: 1,
    platform: { os: 'linux', architecture },
  }));
  const layers = sizes.map((size, at) => ({ digest: digest(`layer${at}`), size }));
  const manifest = { config: { digest: digest('config'), size: 1 }, layers };
  const answers: Record<string, unknown> = {
    '/v2/lab/listed/manifests/1': { manifests: platforms },
    [`/v2/lab/listed/manifests/${digest('amd64')}`]: manifest,
    [`/v2/lab/listed/manifests/${digest('arm64')}`]: manifest,
    [`/v2/lab/listed/blobs/${digest('config')}`]: { rootfs: { diff_ids: diffIds } },
  };
  const server: Server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    asked.push(path);
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (path === '/token') {
      response.end(JSON.stringify({ token: 'for-anybody' }));
    } else if (request.headers.authorization !== 'Bearer for-anybody') {
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${base}/token",service="test"` }).end();
    } else {
      response.writeHead(path in answers ? 200 : 404).end(JSON.stringify(answers[path] ?? {}));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { ref: `127.0.0.1:${port}/lab/listed:1`, asked, close: () => server.close() };
}
