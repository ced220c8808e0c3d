import { describe, expect, it, vi } from 'vitest';
import type { LabOverview } from '../schemas/overview.ts';
import { createLiveOverview } from './live-overview.ts';

const overview = (headline: string) => ({ headline }) as unknown as LabOverview;

function view(looks: (() => Promise<LabOverview>)[], watched = true) {
  const look = vi.fn(() => (looks.shift() ?? (() => Promise.reject(new Error('one look too many'))))());
  const published: LabOverview[] = [];
  const live = createLiveOverview({
    look,
    publish: (one) => published.push(one),
    young: 60_000,
    watched: () => watched,
  });
  return { live, look, published };
}

describe('the overview of live views', () => {
  it('is looked at once for many who join at once, and not again while somebody watches', async () => {
    const { live, look } = view([async () => overview('one')]);
    await Promise.all([live.current(), live.current()]);
    expect(await live.current()).toEqual(overview('one'));
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('is looked at anew for who comes when nobody watched', async () => {
    const { live } = view([async () => overview('one'), async () => overview('two')], false);
    await live.current();
    expect(await live.current()).toEqual(overview('two'));
  });

  it('is published when it differs, whoever looked', async () => {
    const { live, published } = view([
      async () => overview('one'),
      async () => overview('one'),
      async () => overview('two'),
    ]);
    await live.current();
    await live.refresh();
    await live.refresh();
    expect(published).toEqual([overview('one'), overview('two')]);
  });

  it('is never replaced by a look that began earlier', async () => {
    const slow = Promise.withResolvers<LabOverview>();
    const { live, published } = view([() => slow.promise, async () => overview('new')]);
    const early = live.refresh();
    await live.refresh();
    slow.resolve(overview('old'));
    expect([await early, await live.current(), ...published]).toEqual(
      ['new', 'new', 'new'].map((headline) => overview(headline)),
    );
  });

  it('is looked at again after a look that failed', async () => {
    const { live } = view([() => Promise.reject(new Error('no lab')), async () => overview('one')]);
    await expect(live.current()).rejects.toThrow('no lab');
    expect(await live.current()).toEqual(overview('one'));
  });
});
