/** What all visitors see: measured once for all of them, at most every two seconds, and rendered once. */
import type { ShareView } from '../schemas/share-view.ts';
import { renderBadge } from './badge.ts';
import { partsOf, type Parts } from './parts.ts';

export interface Shown {
  view: ShareView;
  parts: Parts;
  json: string;
  badge: string;
}

export type ShareSource = ReturnType<typeof createShareSource>;

/** A little under the broadcast's two seconds, so that each broadcast has a fresh one. */
const FRESH_MS = 1800;

/** `measure` may fail: then the last view stays, with its own time; without one the failure is the caller's. */
export function createShareSource(measure: () => Promise<ShareView>) {
  let shown: Shown | undefined;
  let measuredAt = -Infinity;
  let running: Promise<Shown> | undefined;

  const refresh = async (): Promise<Shown> => {
    try {
      const view = await measure();
      shown = { view, parts: partsOf(view), json: JSON.stringify(view), badge: renderBadge(view) };
      return shown;
    } catch (error) {
      if (shown === undefined) throw error;
      return shown;
    } finally {
      measuredAt = performance.now();
      running = undefined;
    }
  };

  return {
    current(): Promise<Shown> {
      if (shown !== undefined && performance.now() - measuredAt < FRESH_MS) return Promise.resolve(shown);
      return (running ??= refresh());
    },
  };
}
