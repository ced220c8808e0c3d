/** The Hub as the source of a download: its token goes to its own origin, trouble is told in its words. */
import type { Source } from '../download/source.ts';
import { cacheError } from './places.ts';
import type { HubSettings } from './settings.ts';
import { badRedirect, interrupted, notAHub, unreachable } from './trouble.ts';

export function hubSource({ endpoint, token, env }: HubSettings): Source {
  return {
    env,
    origin: endpoint.origin,
    authorization: token === null ? null : `Bearer ${token}`,
    trouble: {
      passing: 'hub_unreachable',
      unreachable,
      badRedirect,
      unexpected: (why) => notAHub(endpoint.host, why),
      interrupted: (done, total) => interrupted(endpoint.host, done, total),
      disk: cacheError,
    },
  };
}
