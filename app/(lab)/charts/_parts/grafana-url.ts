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
  return page === null ? null : dashboardUrl(page.url, range);
}

/** `grafana`: its start page. */
export function dashboardUrl(grafana: string, range: string): string {
  return `${grafana}d/${DASHBOARD}?orgId=1&from=now-${range}&to=now`;
}

/** Of a hook's view, what counts here. */
interface HookRuns {
  type: string;
  runs: readonly { state: string }[];
}

/** Has a run of the hook that is kept put the dashboard there? */
export function isImported(hooks: readonly HookRuns[]): boolean {
  return hooks.some(
    ({ type, runs }) => type === 'grafana-import' && runs.some(({ state }) => state === 'done'),
  );
}
