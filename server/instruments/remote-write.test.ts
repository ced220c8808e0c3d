import protobuf from 'protobufjs/light.js';
import { Gauge, Histogram, Registry } from 'prom-client';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { encodeSamples } from './encode-samples.ts';
import { samplesOf } from './remote-write.ts';

it('names every series as a scrape would', async () => {
  const registry = new Registry();
  new Histogram({ name: 'h', help: 'h', buckets: [1, 2.5], registers: [registry] }).observe(2);
  new Gauge({ name: 'g', help: 'g', labelNames: ['x'], registers: [registry] }).set({ x: 'é' }, 7);
  const samples = await samplesOf(registry, { job: 'ailab-web' });
  expect(samples.map(({ labels, value }) => `${JSON.stringify(labels)} ${value}`)).toEqual([
    '{"job":"ailab-web","le":"1.0","__name__":"h_bucket"} 0',
    '{"job":"ailab-web","le":"2.5","__name__":"h_bucket"} 1',
    '{"job":"ailab-web","le":"+Inf","__name__":"h_bucket"} 1',
    '{"job":"ailab-web","__name__":"h_sum"} 2',
    '{"job":"ailab-web","__name__":"h_count"} 1',
    '{"job":"ailab-web","x":"é","__name__":"g"} 7',
  ]);
});

it('writes the bytes of the protocol: sorted labels, no empty ones, milliseconds', () => {
  const bytes = encodeSamples([{ labels: { b: '', a: 'é', __name__: 'm' }, value: 1.5 }], 1_795_000_000_123);
  // Read without our own description of the message: field by field, as the specification numbers them.
  const reader = protobuf.Reader.create(new Uint8Array(uncompress(bytes)));
  expect(reader.uint32()).toBe((1 << 3) | 2);
  const series = protobuf.Reader.create(reader.bytes());
  const labels: string[] = [];
  while (labels.length < 2) {
    expect(series.uint32()).toBe((1 << 3) | 2);
    const label = protobuf.Reader.create(series.bytes());
    expect(label.uint32()).toBe((1 << 3) | 2);
    const name = label.string();
    expect(label.uint32()).toBe((2 << 3) | 2);
    labels.push(`${name}=${label.string()}`);
  }
  expect(labels).toEqual(['__name__=m', 'a=é']);
  expect(series.uint32()).toBe((2 << 3) | 2);
  const sample = protobuf.Reader.create(series.bytes());
  expect([sample.uint32(), sample.double()]).toEqual([(1 << 3) | 1, 1.5]);
  expect([sample.uint32(), Number(sample.int64())]).toEqual([2 << 3, 1_795_000_000_123]);
  expect(series.pos).toBe(series.len);
});
