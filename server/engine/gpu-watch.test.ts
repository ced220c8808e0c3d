import { expect, it } from 'vitest';
import type { Lab, StatusItem } from '../schemas/lab.ts';
import { createGpuWatch, gpuAlarm, withOffload } from './gpu-watch.ts';

const item = (meta: StatusItem['meta'] = {}): StatusItem => ({
  name: 'model',
  domain: 'service',
  state: 'managed',
  health: 'healthy',
  meta: { container: 'c1', started_at: 1000, ...meta },
});
const lab = { profile: 'gpu', contextSize: 4096 } as Lab;

function logOf(texts: string[]) {
  let asked = 0;
  return {
    asked: () => asked,
    async *read() {
      asked += 1;
      yield texts.map((text, at) => ({
        time: new Date(500 + at * 1000).toISOString(),
        service: 'model',
        stream: 'stderr' as const,
        text,
      }));
    },
  };
}

it('reads the log once for each start, leaves out the life before, and tells the layers', async () => {
  const logs = logOf([
    'load_tensors: offloaded 29/29 layers to GPU',
    'load_tensors: offloaded 0/29 layers to GPU',
  ]);
  const watch = createGpuWatch(logs);
  const found = await watch(lab, [item()]);
  expect(found).toMatchObject({ layers: 0, of: 29 });
  await watch(lab, [item()]);
  expect(logs.asked()).toBe(1);
  await watch(lab, [item({ started_at: 1400 })]);
  expect(logs.asked()).toBe(2);
  expect(withOffload(item(), found).meta).toMatchObject({ gpu_layers: 0, model_layers: 29 });
  expect(await watch({ ...lab, profile: 'default' }, [item()])).toBeNull();
});

it('is an alarm only when fewer layers than asked run on the GPU', () => {
  const code = (layers: number, of: number | null, asked?: string) =>
    gpuAlarm({ layers, of, line: 'x' }, lab, asked)?.code ?? null;
  expect(code(0, 29)).toBe('gpu_not_used');
  expect(code(0, null)).toBe('gpu_not_used');
  expect(code(12, 29, 'auto')).toBe('gpu_partly_used');
  expect(code(29, 29)).toBeNull();
  expect(code(12, 29, '12')).toBeNull();
  expect(code(8, 29, '12')).toBe('gpu_partly_used');
  expect(code(0, 29, '0')).toBeNull();
  expect(gpuAlarm(null, lab, undefined)).toBeNull();
  expect(gpuAlarm({ layers: 0, of: 29, line: 'x' }, lab, undefined)?.explanation.repair?.changes).toEqual([
    { key: 'profile', value: 'default' },
  ]);
});
