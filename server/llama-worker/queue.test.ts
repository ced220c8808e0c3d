import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

const never = new AbortController().signal;
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('createQueue', () => {
  it('runs one at a time in the order of arrival, and counts who waits', async () => {
    const queue = createQueue();
    const first = gate();
    const order: string[] = [];
    const job = (name: string, wait?: Promise<void>) =>
      queue.run(never, async () => {
        await wait;
        order.push(name);
      });
    const all = [job('a', first.opened), job('b'), job('c')];
    expect([queue.processing, queue.deferred]).toEqual([1, 2]);
    first.open();
    await Promise.all(all);
    expect(order).toEqual(['a', 'b', 'c']);
    expect([queue.processing, queue.deferred]).toEqual([0, 0]);
  });

  it('lets a waiting one leave at once, and never runs it', async () => {
    const queue = createQueue();
    const first = gate();
    const leaver = new AbortController();
    const running = queue.run(never, () => first.opened);
    let ran = false;
    const left = queue.run(leaver.signal, async () => {
      ran = true;
    });
    leaver.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    expect(queue.deferred).toBe(0);
    first.open();
    await running;
    expect(ran).toBe(false);
    expect(queue.processing).toBe(0);
  });

  it('goes on after a job that failed, and refuses one that is aborted already', async () => {
    const queue = createQueue();
    await expect(queue.run(never, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke');
    await expect(queue.run(never, async () => 7)).resolves.toBe(7);
    await expect(queue.run(AbortSignal.abort(new Error('gone')), async () => 7)).rejects.toThrow('gone');
    expect(queue.processing).toBe(0);
  });
});
