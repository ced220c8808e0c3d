/** What bringing a tool takes from network and disk, as far as it was measured. */
import type { Change, Forecast } from '../../engine/resource.ts';
import type { Home } from '../../lib/home.ts';
import type { PlanDownload } from '../../schemas/plan.ts';
import { ABOUT_BYTES, ABOUT_DOWNLOAD_BYTES } from './npm.ts';

export function forecastTools(home: Home, changes: readonly Change[]): Forecast {
  const wanted = changes.filter(({ kind }) => kind !== 'remove');
  return {
    downloads: wanted.map(({ item }): PlanDownload => {
      const npm = item.manager === 'npm';
      return {
        kind: 'package',
        name: item.name,
        for: [item.name],
        bytes: npm ? ABOUT_DOWNLOAD_BYTES : null,
        wholeBytes: null,
        about: npm,
        note: npm ? 'npm' : `${item.manager ?? 'its manager'} does not tell the size before`,
      };
    }),
    writes: wanted.map(({ item }) => ({
      of: 'home' as const,
      folder: home.runtimes,
      bytes: item.manager === 'npm' ? ABOUT_BYTES : null,
    })),
  };
}
