/** A registry with one small image that it hands out slowly, saying how far it is. Source: OCI distribution spec 1.1. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SlowRegistry {
  ref: string;
  /** Called with the part of the layer that is sent, 0 to 1. */
  onSent: (part: number) => void;
  close(): void;
}

const PIECES = 100;
const PIECE_BYTES = 20_000;
const sha256 = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A tar with one file (POSIX.1-1988): a header of 512 bytes, the content in blocks of 512, two empty blocks. */
function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

export async function startSlowRegistry(): Promise<SlowRegistry> {
  const layer = tarOf('data', randomBytes(PIECES * PIECE_BYTES));
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {},
      rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
    }),
  );
  const type = (name: string) => `application/vnd.oci.image.${name}`;
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: type('manifest.v1+json'),
      config: { mediaType: type('config.v1+json'), digest: sha256(config), size: config.length },
      layers: [{ mediaType: type('layer.v1.tar'), digest: sha256(layer), size: layer.length }],
    }),
  );
  const registry: SlowRegistry = { ref: '', onSent: () => undefined, close: () => server.close() };
  const server = createServer((request, response) => {
    const { url = '', method } = request;
    if (url === '/v2/') return void response.end('{}');
    const body = url.includes('/manifests/')
      ? manifest
      : url.endsWith(sha256(config))
        ? config
        : url.endsWith(sha256(layer))
          ? layer
          : undefined;
    if (body === undefined) return void response.writeHead(404).end('{}');
    response.writeHead(200, {
      'content-type': body === manifest ? type('manifest.v1+json') : 'application/octet-stream',
      'docker-content-digest': sha256(body),
      'content-length': body.length,
    });
    if (method === 'HEAD') return void response.end();
    if (body !== layer) return void response.end(body);
    return void send(response, layer, registry);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  registry.ref = `127.0.0.1:${(server.address() as AddressInfo).port}/faults/image:1`;
  return registry;
}

async function send(response: ServerResponse, layer: Buffer, registry: SlowRegistry): Promise<void> {
  for (let at = 0; at < layer.length && !response.destroyed; at += PIECE_BYTES) {
    response.write(layer.subarray(at, at + PIECE_BYTES));
    registry.onSent(Math.min(1, (at + PIECE_BYTES) / layer.length));
    await sleep(3);
  }
  response.end();
}
