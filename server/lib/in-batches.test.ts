import { expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

const options = { everyMs: 1, most: 10, weigh: () => 1, pause: () => new Promise(setImmediate) };

async function* numbers(count: number, fail = false): AsyncGenerator<number> {
  for (let at = 0; at < count; at += 1) yield at;
  if (fail) throw new Error('broke');
}

it('hands on everything once, in order, in batches that are not too large', async () => {
  const batches = await Array.fromAsync(inBatches(numbers(25), options));
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 5]);
  expect(batches.flat()).toEqual([...Array(25).keys()]);
});

it('does not hold back what came before a silence', async () => {
  const silent = Promise.withResolvers<void>();
  async function* source() {
    yield 1;
    await silent.promise;
    yield 2;
  }
  const batches = inBatches(source(), options);
  expect((await batches.next()).value).toEqual([1]);
  silent.resolve();
  expect((await batches.next()).value).toEqual([2]);
  expect((await batches.next()).done).toBe(true);
});

it('tells an error after what came before it', async () => {
  const batches = inBatches(numbers(3, true), options);
  expect((await batches.next()).value).toEqual([0, 1, 2]);
  await expect(batches.next()).rejects.toThrow('broke');
});
