'use client';

import { useOverview } from '../../../_lib/live.tsx';
import { grafanaUrl } from './grafana-url.ts';
import styles from './grafana-link.module.css';

/** To the lab's dashboard in its Grafana, while that is healthy. */
export function GrafanaLink({ range }: { range: string }) {
  const overview = useOverview();
  const url = overview === undefined ? null : grafanaUrl(overview, range);
  if (url === null) return null;
  return (
    <a className={styles.link} href={url} target="_blank" rel="noreferrer" data-testid="open-grafana">
      Same range in Grafana
    </a>
  );
}
