/** What an image pull says, line by line: `{status, id, progressDetail: {current, total}}`, errors among them. Pure. */
import * as z from 'zod';
import { parseJson } from '../../lib/json.ts';

const pullLine = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
  error: z.string().optional(),
  errorDetail: z.object({ message: z.string().optional() }).optional(),
});

interface Layer {
  downloaded: number;
  total: number;
  extracted: boolean;
}

export interface PullState {
  /** Bytes of all layers whose size is known so far. */
  done: number;
  total: number;
  layers: number;
  layersDone: number;
  extracting: boolean;
}

export interface PullProgress {
  /** Returns the engine's error sentence when the line holds one. */
  feed(line: string): string | null;
  state(): PullState;
}

export function createPullProgress(): PullProgress {
  const layers = new Map<string, Layer>();
  let extracting = false;

  return {
    feed(text) {
      const parsed = pullLine.safeParse(parseJson(text));
      if (!parsed.success) return null;
      const { status = '', id, progressDetail, error, errorDetail } = parsed.data;
      if (error !== undefined || errorDetail !== undefined)
        return errorDetail?.message ?? error ?? 'the pull failed without a word';
      // The line "Pulling from …" carries the tag as its id; layers have 12 hex characters.
      if (id === undefined || !/^[0-9a-f]{12}$/.test(id)) return null;
      const layer = layers.get(id) ?? { downloaded: 0, total: 0, extracted: false };
      layers.set(id, layer);
      if (status === 'Downloading') {
        layer.total = Math.max(layer.total, progressDetail?.total ?? 0);
        layer.downloaded = progressDetail?.current ?? layer.downloaded;
      } else if (/^(Download complete|Verifying Checksum|Extracting)/.test(status)) {
        layer.downloaded = layer.total;
        if (status === 'Extracting') extracting = true;
      } else if (/^(Pull complete|Already exists)/.test(status)) {
        layer.downloaded = layer.total;
        layer.extracted = true;
      }
      return null;
    },
    state() {
      const all = [...layers.values()];
      const sum = (pick: (layer: Layer) => number) => all.reduce((total, layer) => total + pick(layer), 0);
      return {
        done: sum(({ downloaded }) => downloaded),
        total: sum(({ total }) => total),
        layers: all.length,
        layersDone: sum(({ extracted }) => Number(extracted)),
        extracting,
      };
    },
  };
}
