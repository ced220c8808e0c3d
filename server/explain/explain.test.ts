import { describe, expect, it } from 'vitest';
import { repairInput } from '../schemas/explanation.ts';
import { explain, RULES } from './explain.ts';
import type { Circumstances } from './rule.ts';
import { SAMPLES } from './samples.ts';

const LAB: Circumstances = {
  engine: 'docker',
  profile: 'gpu',
  contextSize: 4096,
  trainedContext: 8192,
  largestContext: null,
  modelId: 'org/name:Q8_0@main',
  ports: { model: 18_080 },
  freePort: 18_085,
};

const NOISE = ['0.00.110.171 I srv    load_model: loading model', '', 'x'.repeat(5000)];
const place = (lines: readonly string[], service: string | null = 'model') => [
  { source: 'its log', service, lines: [...NOISE, ...lines, ...NOISE] },
];

describe.each(SAMPLES)('$cause, $from', ({ cause, service, lines }) => {
  it('is told with its line, a fix, and only a repair that a browser may make', () => {
    const told = explain(place(lines, service), LAB);
    expect(told?.cause).toBe(cause);
    expect(lines.map((line) => line.trim())).toContain(told?.evidence?.line);
    expect(told?.sentence).toMatch(/^[A-Z].*\.$/);
    expect(told?.fix).not.toBe('');
    if (told?.repair) expect(repairInput.safeParse({ changes: told.repair.changes }).success).toBe(true);
  });
});

it('every rule but the words of one system has a sample', () => {
  const sampled = new Set(SAMPLES.map(({ cause }) => cause));
  const without = RULES.map(({ cause }) => cause).filter((cause) => !sampled.has(cause));
  expect(without).toEqual(['context_buffer_too_large', 'hub_login']);
});

it('a healthy start is no failure', () => {
  const healthy = [
    '0.01.307.424 I cmn          init: llama threadpool init, n_threads = 2',
    '0.04.613.994 I srv    load_model: initializing, n_slots = 4, n_ctx_slot = 512',
    '0.04.656.997 I srv  llama_server: model loaded',
  ];
  expect(explain(place(healthy), LAB)).toBeNull();
});

it('asks for the largest context that fits, and for no context where the weights are too large', () => {
  const lines = SAMPLES[0]?.lines ?? [];
  const changes = (lab: Circumstances) => explain(place(lines), lab)?.repair?.changes;
  expect(changes(LAB)).toEqual([{ key: 'context_size', value: 2048 }]);
  expect(changes({ ...LAB, largestContext: 1280 })).toEqual([{ key: 'context_size', value: 1280 }]);
  expect(changes({ ...LAB, largestContext: 0 })).toEqual([
    { key: 'model_id', value: 'org/name:Q4_K_M@main' },
  ]);
  expect(changes({ ...LAB, largestContext: 0, modelId: 'org/name:Q4_K_M' })).toBeUndefined();
});

it('a rule of one service does not speak of another', () => {
  expect(explain(place(['error="database is locked"'], 'weaviate'), LAB)).toBeNull();
});

it('hostile lines take no time worth naming', () => {
  const lines = ['a', ' ', '1', "tensor '", 'allocating ', 'E: ', '{{'].map((part) => part.repeat(200_000));
  const long = Array.from({ length: 400 }, (_, at) => lines[at % lines.length] ?? '');
  const begun = performance.now();
  expect(explain([{ source: 's', service: 'model', lines: long }], LAB)).toBeNull();
  expect(performance.now() - begun).toBeLessThan(2000);
});
