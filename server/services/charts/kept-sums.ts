/**
 * The sums of a large ledger in a file of their own, so that the first chart after a start does not read a million
 * rows. The file is worth nothing by itself: what is missing, broken or of another version is not used.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import * as z from 'zod';
import type { PageCursor, WrittenRow } from '../../../db/queries/request-pages.ts';
import { writePrivateFile } from '../../lib/private-file.ts';
import { VERSION } from '../../lib/version.ts';
import type { MetricRange } from '../../schemas/metrics.ts';
import type { LedgerSums } from './ledger-sums.ts';
import { BINS, type Spread } from './spread.ts';
import type { Tally } from './tally.ts';

/** To be raised with any change of what is summed up, of how, and of how it is kept. */
const FORMAT = 1;

export interface KeptSums {
  /** When they were kept; epoch milliseconds. */
  at: number;
  /** Rows that began at this time or later are in. */
  since: number;
  /** Where the rows before those go on. */
  cursor: PageCursor;
  /** The last row that is in. */
  last: WrittenRow;
  sums: LedgerSums;
}

/** A hundred thousand numbers: that they are what was written, the digest says faster than a look at each. */
const envelope = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  sha256: z.string(),
  body: z.instanceof(Uint8Array),
});

/** Of the bins, those from the first to the last that holds something. */
interface PackedSpread {
  count: number;
  values: Float64Array;
  first: number;
  bins: Uint32Array | null;
}
type PackedTally = Omit<Tally, 'latency' | 'ttft'> & Record<'latency' | 'ttft', PackedSpread>;
type Ranges<T> = Map<MetricRange, Map<number, T>>;
type Packed = Omit<KeptSums, 'sums'> & { sums: Omit<LedgerSums, 'ranges'> & { ranges: Ranges<PackedTally> } };

/** Undefined without a file that can be used. */
export function readKeptSums(file: string): KeptSums | undefined {
  try {
    const { sha256, body } = envelope.parse(deserialize(readFileSync(file)));
    return digest(body) === sha256 ? unpack(deserialize(body)) : undefined;
  } catch {
    return undefined;
  }
}

/** Throws what the file system throws. */
export function writeKeptSums(file: string, kept: KeptSums): void {
  const body = serialize(pack(kept));
  writePrivateFile(file, serialize({ format: FORMAT, version: VERSION, sha256: digest(body), body }));
}

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function pack({ sums, ...kept }: KeptSums): Packed {
  const ranges = mapTallies(sums.ranges, (tally) => ({
    ...tally,
    latency: packSpread(tally.latency),
    ttft: packSpread(tally.ttft),
  }));
  return { ...kept, sums: { ...sums, ranges } };
}

function unpack({ sums, ...kept }: Packed): KeptSums {
  const ranges = mapTallies(sums.ranges, (tally) => ({
    ...tally,
    latency: unpackSpread(tally.latency),
    ttft: unpackSpread(tally.ttft),
  }));
  return { ...kept, sums: { ...sums, ranges } };
}

function mapTallies<A, B>(ranges: Ranges<A>, change: (tally: A) => B): Ranges<B> {
  const changed = (buckets: Map<number, A>) =>
    new Map([...buckets].map(([bucket, tally]) => [bucket, change(tally)]));
  return new Map([...ranges].map(([range, buckets]) => [range, changed(buckets)]));
}

function packSpread({ count, values, bins }: Spread): PackedSpread {
  const first = Math.max(0, bins?.findIndex((many) => many > 0) ?? 0);
  const end = (bins?.findLastIndex((many) => many > 0) ?? 0) + 1;
  // A copy: a view would take all of its buffer with it.
  return { count, values: Float64Array.from(values), first, bins: bins?.slice(first, end) ?? null };
}

function unpackSpread({ count, values, first, bins }: PackedSpread): Spread {
  if (bins === null) return { count, values: [...values], bins };
  const all = new Uint32Array(BINS);
  all.set(bins, first);
  return { count, values: [], bins: all };
}
