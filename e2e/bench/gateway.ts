/** P1 to P6: what our gateway costs, beside other relays to the same model server. */
import { call, type Plan } from './stream.ts';
import { minus, over, paired, rounds } from './rounds.ts';
import { PORTKEY, type Relay, type Rig } from './rig.ts';
import { median, quantile, spread, type Row } from './stats.ts';

const WARM_UP = 15;
const PAIRS = 300;
const FEW: Plan = { chunks: 4, perSecond: 0 };
/** 64 streams of 100 tokens a second, for four seconds each. */
export const CROWD = { streams: 64, plan: { chunks: 400, perSecond: 100 } } as const;
const FLOOD = { streams: 4, plan: { chunks: 30_000, perSecond: 0 } } as const;

export const GATEWAY_ROWS: Record<string, (rig: Rig) => Promise<Row[]>> = {
  P1: async (rig) => {
    const relays = [rig.direct, rig.ours, ...rig.others];
    const times = await rounds(relays, PAIRS, WARM_UP, async (relay) => (await call(relay)).totalMs);
    const added = addedOf(rig, times);
    const [middle, rival] = [median(added('ours')), 'Portkey'];
    const ratios = paired(added('ours'), added(rival), over);
    return [
      {
        id: 'P1',
        what: `added to a reply that does not stream, p50 of ${PAIRS} pairs, with metering and key check`,
        figure: `+${spread(added('ours'), 2, ' ms')}; p95 +${quantile(added('ours'), 0.95).toFixed(2)}`,
        beside: besides(rig, (name) => `+${median(added(name)).toFixed(2)} ms`),
        ...ratioOf(rig, rival, ratios),
        goal: '≤ 0.8 ms and ≤ 0.3× Portkey',
        met: middle <= 0.8 && (rig.missing.has(rival) || median(ratios) <= 0.3),
      },
    ];
  },
  P2: async (rig) => {
    const relays = streaming(rig);
    const times = await rounds(relays, PAIRS, WARM_UP, async (relay) => (await call(relay, FEW)).firstMs);
    const added = addedOf(rig, times);
    const ratios = paired(added('ours'), added('Next route'), over);
    return [
      {
        id: 'P2',
        what: `added to the first token of a stream, p50 of ${PAIRS} pairs`,
        figure: `+${spread(added('ours'), 2, ' ms')}; p95 +${quantile(added('ours'), 0.95).toFixed(2)}`,
        beside: besides(rig, (name) => `+${median(added(name)).toFixed(2)} ms`, true),
        ...ratioOf(rig, 'Next route', ratios),
        goal: '≤ 1 ms and ≤ 0.25× a Next route',
        met: median(added('ours')) <= 1 && (rig.missing.has('Next route') || median(ratios) <= 0.25),
      },
    ];
  },
  P3: async (rig) => {
    const plan: Plan = { chunks: 80, perSecond: 200, stamp: true };
    const times = await rounds(streaming(rig), 12, 1, async (relay) =>
      median((await call(relay, plan)).transits),
    );
    const of = (name: string) => byName(times, name);
    const added = addedOf(rig, times)('ours');
    return [
      {
        id: 'P3',
        what: 'transit of one chunk, p50 of 12 × 80, a stream alone at 200/s',
        figure: `${spread(of('ours'), 3, ' ms')}, direct + ${spread(added, 3)}`,
        beside: `direct ${median(of('direct')).toFixed(3)}, ${besides(rig, (name) => median(of(name)).toFixed(3), true)} ms`,
        ratio: `${spread(paired(of('ours'), of('direct'), over))}× direct`,
        goal: '≤ direct + 0.10 ms',
        met: median(added) <= 0.1,
      },
    ];
  },
  P4: async (rig) => {
    const found = await rounds(streaming(rig), 5, 0, async (relay) => {
      const begun = performance.now();
      await crowd(relay, CROWD.streams, CROWD.plan);
      return (CROWD.streams * CROWD.plan.chunks) / ((performance.now() - begun) / 1000);
    });
    const of = (name: string) => byName(found, name);
    const share = paired(of('ours'), of('direct'), over);
    return [
      {
        id: 'P4',
        what: 'throughput, 64 streams × 100 tokens/s for 4 s, from the first call to the last end',
        figure: `${median(of('ours')).toFixed(0)} tokens/s`,
        beside: `direct ${median(of('direct')).toFixed(0)}, ${besides(rig, (name) => median(of(name)).toFixed(0), true)}`,
        ratio: `${spread(share, 3)}× direct`,
        goal: '≥ 0.98× direct, median of 5',
        met: median(share) >= 0.98,
      },
    ];
  },
  P5: async (rig) => {
    const found = await rounds(streaming(rig), 20, 2, async (relay) =>
      median((await crowd(relay, 64, FEW)).map(({ firstMs }) => firstMs)),
    );
    const of = (name: string) => byName(found, name);
    const ratios = paired(of('ours'), of('Next route'), over);
    return [
      {
        id: 'P5',
        what: 'burst of 64 streams at once, first byte p50, 20 rounds',
        figure: `${spread(of('ours'), 1, ' ms')}`,
        beside: `direct ${median(of('direct')).toFixed(1)}, ${besides(rig, (name) => median(of(name)).toFixed(1), true)} ms`,
        ...ratioOf(rig, 'Next route', ratios),
        goal: '≤ 0.35× a Next route',
        ...(rig.missing.has('Next route') ? {} : { met: median(ratios) <= 0.35 }),
      },
    ];
  },
  P6: async (rig) => {
    const bytes = new Set<number>();
    const found = await rounds(streaming(rig), 5, 1, async (relay) => {
      const begun = performance.now();
      const replies = await crowd(relay, FLOOD.streams, FLOOD.plan);
      for (const reply of replies) bytes.add(reply.bytes);
      return (FLOOD.streams * FLOOD.plan.chunks) / (performance.now() - begun);
    });
    if (bytes.size !== 1) throw new Error(`the same flood came in ${bytes.size} sizes: a relay lost some`);
    const of = (name: string) => byName(found, name);
    const share = paired(of('ours'), of('direct'), over);
    return [
      {
        id: 'P6',
        what: 'flood of chunks, 4 streams, 5 rounds',
        figure: `${median(of('ours')).toFixed(0)}k/s`,
        beside: `direct ${median(of('direct')).toFixed(0)}k, ${besides(rig, (name) => `${median(of(name)).toFixed(0)}k`, true)}`,
        ratio: `${spread(share)}× direct`,
        goal: '≥ 0.65× direct',
        met: median(share) >= 0.65,
      },
    ];
  },
};

export const streaming = (rig: Rig): Relay[] => [
  rig.direct,
  rig.ours,
  ...rig.others.filter(({ streams }) => streams),
];

export const crowd = (relay: Relay, streams: number, plan: Plan) =>
  Promise.all(Array.from({ length: streams }, () => call(relay, plan)));

export function byName<T>(found: Map<Relay, T[]>, name: string): T[] {
  return [...found].find(([relay]) => relay.name === name)?.[1] ?? [];
}

/** Round by round what a relay took more than no relay. */
function addedOf(rig: Rig, times: Map<Relay, number[]>): (name: string) => number[] {
  const direct = times.get(rig.direct) ?? [];
  return (name) => paired(byName(times, name), direct, minus);
}

/** All others in one cell; one that could not be had is named with the reason. */
export function besides(rig: Rig, figure: (name: string) => string, streamed = false): string {
  const had = rig.others.map(({ name, streams }) =>
    streamed && !streams ? `${name}: none, its streaming answers 500` : `${name} ${figure(name)}`,
  );
  const lacked = [...rig.missing].map(([name, why]) => `${name} not measured (${why.slice(0, 120)})`);
  return [...had, ...lacked].join(', ');
}

function ratioOf(rig: Rig, name: string, ratios: number[]): { ratio: string } {
  const what = name === 'Portkey' ? `Portkey ${PORTKEY.version}` : name;
  return { ratio: rig.missing.has(name) ? `no ${name} here` : `${spread(ratios)}× ${what}` };
}
