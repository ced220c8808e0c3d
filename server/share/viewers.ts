/**
 * The open streams. One timer and one message for all of them: what has changed, written in small groups so that the
 * dashboard's own requests come between. Without a viewer nothing is measured.
 */
import type { ServerResponse } from 'node:http';
import { createLogger } from '../lib/log.ts';
import type { Parts } from './parts.ts';
import type { ShareSource, Shown } from './source.ts';

/** Over all shares; past it a visitor still gets the page, but no stream. */
export const VIEWERS_MAX = 600;

const EVERY_MS = 2000;
/** So often a word goes out even when nothing has changed: a page that hears nothing is not live. */
const SIGN_OF_LIFE_MS = 10_000;
const GROUP = 50;
/** A reader this far behind is gone, or does not read. */
const BACKLOG_BYTES = 64 * 1024;

const log = createLogger('share');

export type Viewers = ReturnType<typeof createViewers>;

export function createViewers(source: ShareSource) {
  const viewers = new Map<ServerResponse, string>();
  let timer: NodeJS.Timeout | undefined;
  let told: Shown | undefined;
  let toldAt = 0;
  let busy = false;

  const beat = async () => {
    if (busy) return;
    busy = true;
    try {
      const shown = await source.current();
      const changed = changesOf(told?.parts, shown.parts);
      const now = performance.now();
      if (changed === undefined && now - toldAt < SIGN_OF_LIFE_MS) return;
      told = shown;
      toldAt = now;
      await send(messageOf(shown, changed));
    } catch (error) {
      log.error('the view of the share could not be measured', error);
    } finally {
      busy = false;
    }
  };

  const send = async (message: string) => {
    const all = [...viewers.keys()];
    for (let at = 0; at < all.length; at += GROUP) {
      for (const response of all.slice(at, at + GROUP)) {
        if (response.writableLength > BACKLOG_BYTES) response.destroy();
        else if (viewers.has(response)) response.write(message);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  return {
    get full(): boolean {
      return viewers.size >= VIEWERS_MAX;
    },
    count: (shareId: string): number => [...viewers.values()].filter((id) => id === shareId).length,
    /** Takes over a response whose head is written. */
    join(shareId: string, response: ServerResponse, shown: Shown): void {
      viewers.set(response, shareId);
      response.on('close', () => {
        viewers.delete(response);
        if (viewers.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
      // Spread out, so that a server that comes back does not meet all of them at once.
      const retry = 2000 + Math.round(Math.random() * 4000);
      response.write(`retry: ${retry}\n${messageOf(shown, shown.parts)}`);
      told ??= shown;
      timer ??= setInterval(() => void beat(), EVERY_MS).unref();
    },
    /** Ends the streams of shares that are no more. */
    keepOnly(isLive: (shareId: string) => boolean): void {
      for (const [response, shareId] of viewers) {
        if (isLive(shareId)) continue;
        viewers.delete(response);
        response.end('event: end\ndata: \n\n');
      }
    },
    close(): void {
      clearInterval(timer);
      for (const response of viewers.keys()) response.destroy();
      viewers.clear();
    },
  };
}

function changesOf(before: Parts | undefined, now: Parts): Partial<Parts> | undefined {
  const changed = Object.entries(now).filter(([id, markup]) => before?.[id as keyof Parts] !== markup);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}

function messageOf({ view }: Shown, changed: Partial<Parts> | undefined): string {
  return `data: ${JSON.stringify({ at: view.at, ...(changed === undefined ? {} : { f: changed }) })}\n\n`;
}
