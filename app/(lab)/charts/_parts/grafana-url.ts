import type { LabOverview } from '../../../_lib/wire.ts';
import { servicePage } from '../../_overview/service-words.ts';

/** The uid in stacks/dashboards/lab.json, which the hook `grafana-import` brings. */
const DASHBOARD = 'ailab-lab';

/** The lab's dashboard in its Grafana over the same range (`15m`, `24h`, `30d`); null while no Grafana is healthy. */
export function grafanaUrl(lab: LabOverview, range: string): string | null {
  const grafana = lab.status.managed_items.find(
    ({ domain, name }) => domain === 'service' && name === 'grafana',
  );
  const page = grafana === undefined ? null : servicePage(grafana);
  return page === null ? null : `${page.url}d/${DASHBOARD}?orgId=1&from=now-${range}&to=now`;
}
