import { describe, expect, it } from 'vitest';
import { layersHere } from './image-download.ts';
import { parseReference } from './registry.ts';

describe('an image reference, as Docker reads it', () => {
  const hub = 'https://registry-1.docker.io';
  it.each([
    ['nginx', hub, 'library/nginx', 'latest'],
    ['prom/prometheus:v3', hub, 'prom/prometheus', 'v3'],
    ['docker.io/prom/prometheus:v3@sha256:ab', hub, 'prom/prometheus', 'sha256:ab'],
    ['ghcr.io/a/b/c:1', 'https://ghcr.io', 'a/b/c', '1'],
    ['localhost:5000/x', 'http://localhost:5000', 'x', 'latest'],
    ['127.0.0.1:5000/x:2', 'http://127.0.0.1:5000', 'x', '2'],
    ['my.host:5000/x', 'https://my.host:5000', 'x', 'latest'],
  ])('%s', (image, registry, repository, reference) => {
    expect(parseReference(image)).toEqual({ registry, repository, reference });
  });
});

it('counts a layer as here only with all those below it', () => {
  expect(layersHere(['a', 'b', 'c'], [])).toBe(0);
  expect(
    layersHere(
      ['a', 'b', 'c'],
      [
        ['b', 'c'],
        ['a', 'x'],
        ['a', 'b', 'y', 'c'],
      ],
    ),
  ).toBe(2);
  expect(layersHere(['a'], [['a', 'b']])).toBe(1);
});
