/**
 * Drift that the user lets be. Kept per item as field → the actual value that is ignored, so that the next change of
 * the field shows again; forgotten when the item is made anew. Part of the composition root.
 */
import * as z from 'zod';
import type { Db } from '../../db/client.ts';
import { deleteSetting, readSetting, writeSetting } from '../../db/queries/settings.ts';
import { LabError } from '../lib/errors.ts';
import type { HeedDriftInput, IgnoreDriftInput } from '../schemas/drift.ts';
import type { Item, LabStatus } from '../schemas/lab.ts';
import type { Change, Resource } from './resource.ts';

const kept = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));

type Which = Pick<Item, 'domain' | 'name'>;

export interface IgnoredDrift {
  /** Names the fields of an actual item whose value is ignored. */
  of(item: Item): string[];
  /** Throws `item_unknown` or `not_drifted`: only what is shown can be let be. */
  ignore(input: IgnoreDriftInput, status: LabStatus): void;
  heed(item: HeedDriftInput): void;
}

const keyOf = ({ domain, name }: Which): string => `ignored-drift/${domain}/${name}`;

export function createIgnoredDrift(db: Db): IgnoredDrift {
  const read = (item: Which): Item['meta'] => {
    const parsed = kept.safeParse(readSetting(db, keyOf(item)));
    return parsed.success ? parsed.data : {};
  };
  return {
    of: (item) =>
      Object.entries(read(item))
        .filter(([field, value]) => item.meta[field] === value)
        .map(([field]) => field),
    ignore(input, { managed_items: items }) {
      const item = items.find(({ domain, name }) => domain === input.domain && name === input.name);
      if (item === undefined) throw unknownItem(input);
      const wrong = input.fields.find((field) => item.drift?.includes(field) !== true);
      if (wrong !== undefined) throw notDrifted(input, wrong);
      const added = Object.fromEntries(input.fields.map((field) => [field, item.meta[field] ?? null]));
      writeSetting(db, keyOf(input), { ...read(input), ...added });
    },
    heed: (item) => deleteSetting(db, keyOf(item)),
  };
}

/** The same resource, its actual items marked with what is ignored of them. */
export function withIgnoredDrift<T extends Item>(resource: Resource<T>, ignored: IgnoredDrift): Resource<T> {
  const made = (changes: readonly Change<T>[]) => {
    for (const { kind, item } of changes) if (kind !== 'remove') ignored.heed(item);
  };
  return {
    ...resource,
    async actual(signal) {
      return (await resource.actual(signal)).map((item) => {
        const fields = ignored.of(item);
        return fields.length === 0 ? item : { ...item, ignored: fields };
      });
    },
    async apply(change, context) {
      await resource.apply(change, context);
      made([change]);
    },
    ...(resource.applyAll === undefined
      ? {}
      : {
          applyAll: async (changes, context) => {
            await resource.applyAll?.(changes, context);
            made(changes);
          },
        }),
  };
}

function unknownItem({ domain, name }: Which): LabError {
  return new LabError({
    code: 'item_unknown',
    message: `There is no ${domain} "${name}" that the lab asks for and that is there.`,
    fix: 'Look at the names in `ailab-web status`.',
    status: 404,
  });
}

function notDrifted({ name }: Which, field: string): LabError {
  return new LabError({
    code: 'not_drifted',
    message: `The ${field} of ${name} is as the lab asks for, so there is nothing to ignore.`,
    fix: 'Look at the drift in `ailab-web status`: it may have changed meanwhile.',
    status: 409,
  });
}
