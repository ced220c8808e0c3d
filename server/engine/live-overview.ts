/** The overview as live views have it: while somebody watches, who joins gets what was seen last, without a new look. */
import type { LabOverview } from '../schemas/overview.ts';

interface Seen {
  overview: LabOverview;
  /** The looks are numbered as they begin: an earlier one that ends later is old. */
  number: number;
  /** Milliseconds of `performance.now()`. */
  endedAt: number;
}

export interface LiveOverviewParts {
  look(): Promise<LabOverview>;
  /** Told each overview that differs from the one before it. */
  publish(overview: LabOverview): void;
  /** A look not older than this, in milliseconds, serves who joins while it says that somebody watches. */
  young: number;
  watched(): boolean;
}

export interface LiveOverview {
  /** Looks, and publishes what has changed. */
  refresh(): Promise<LabOverview>;
  /** For who joins; many at once cost one look. Rejects as the look does. */
  current(): Promise<LabOverview>;
}

export function createLiveOverview({ look, publish, young, watched }: LiveOverviewParts): LiveOverview {
  let begun = 0;
  let seen: Seen | undefined;
  let told = '';
  let joining: Promise<LabOverview> | undefined;

  const refresh = async (): Promise<LabOverview> => {
    begun += 1;
    const number = begun;
    const overview = await look();
    if (seen !== undefined && seen.number > number) return seen.overview;
    seen = { overview, number, endedAt: performance.now() };
    const text = JSON.stringify(overview);
    if (text !== told) publish(overview);
    told = text;
    return overview;
  };

  return {
    refresh,
    async current() {
      if (seen !== undefined && watched() && performance.now() - seen.endedAt <= young) return seen.overview;
      joining ??= refresh().finally(() => (joining = undefined));
      return await joining;
    },
  };
}
