/** Known failures of the services beside the model at their start. */
import type { Rule } from './rule.ts';

export const SERVICE_RULES: readonly Rule[] = [
  {
    cause: 'grafana_folder',
    service: 'grafana',
    pattern:
      /GF_PATHS_DATA='([^']{1,200})' is not writable|can't create directory '\/var\/lib\/grafana[^']{0,100}': Permission denied/,
    tell: () => ({
      sentence:
        'Grafana may not write into its volume: it belongs to another user, as after a change of Docker or of its image.',
      fix: 'Delete the lab’s data (Overview, or `ailab-web down --volumes`) to begin with a fresh volume, or give the volume to user 472.',
    }),
  },
  {
    cause: 'grafana_provisioning',
    service: 'grafana',
    pattern:
      /Failed to provision|provisioning error: |Only one datasource per organization can be marked as default/,
    tell: () => ({
      sentence:
        'Grafana does not start with the data source that the lab gives it: its volume holds one of its own that contradicts it.',
      fix: 'Delete the other default data source in Grafana, or begin with a fresh volume (`ailab-web down --volumes`).',
    }),
  },
  {
    cause: 'grafana_locked',
    service: 'grafana',
    pattern: /database is locked/,
    tell: () => ({
      sentence: 'Grafana’s database is locked: the disk is slow, or a second Grafana uses the same volume.',
      fix: 'Wait a moment; if it stays so, stop the other Grafana or restart the lab.',
    }),
  },
  {
    cause: 'prometheus_folder',
    service: 'prometheus',
    pattern: /open \S{1,200}queries\.active: permission denied|Unable to create mmap-ed active query log/,
    tell: () => ({
      sentence: 'Prometheus may not write into its volume: it belongs to another user.',
      fix: 'Delete the lab’s data (Overview, or `ailab-web down --volumes`) to begin with a fresh volume, or give the volume to user 65534.',
    }),
  },
  {
    cause: 'prometheus_locked',
    service: 'prometheus',
    pattern:
      /lock DB directory: (?:resource temporarily unavailable|no locks available)|Locked by other process/,
    tell: () => ({
      sentence: 'Another Prometheus uses the same volume, or the last one left its lock behind.',
      fix: 'Stop the other one; else run `ailab-web down`, then `ailab-web up`.',
    }),
  },
  {
    cause: 'prometheus_damaged',
    service: 'prometheus',
    pattern: /opening storage failed: (?:repair corrupted WAL|read WAL|block dir|validate meta)/i,
    tell: () => ({
      sentence: 'The data of Prometheus is damaged, as after a full disk or a power cut.',
      fix: 'Begin with a fresh volume (`ailab-web down --volumes` deletes the data of all services), or repair the volume by hand.',
    }),
  },
  {
    cause: 'weaviate_join',
    service: 'weaviate',
    pattern: /could not open cloud meta store|could not join raft join list/,
    tell: () => ({
      sentence:
        'Weaviate waited for a cluster that is not there: its volume remembers another address of this container.',
      fix: 'Restart the lab (`ailab-web down`, then `ailab-web up`); with much data give it time, else begin with a fresh volume.',
    }),
  },
  {
    cause: 'weaviate_read_only',
    service: 'weaviate',
    pattern: /Set READONLY, disk usage currently at (\d{1,3}(?:\.\d{1,3})?)\s?%/,
    tell: ([, percent]) => ({
      sentence: `Weaviate has made itself read-only, because its disk is ${percent} % full.`,
      fix: 'Free some space on Docker’s disk (`docker system df`), then restart the lab.',
    }),
  },
];
