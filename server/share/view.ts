/** What a share shows, made field by field from the names of the allow-list; never by taking things away. */
import type { LabOverview } from '../schemas/overview.ts';
import { SHARED_SERVICES, shareView, type ShareView } from '../schemas/share-view.ts';
import type { MetricFigures, MetricPoint } from '../schemas/metrics.ts';

export interface ShareFacts {
  at: number;
  overview: LabOverview;
  /** What people may call the model; null for a file that nobody named. */
  modelName: string | null;
  /** Of the last hour, by minute. */
  series: {
    points: readonly Pick<MetricPoint, 'tokensPerSecond'>[];
    totals: Pick<MetricFigures, 'requests' | 'errors' | 'tokensPerSecond' | 'latencyP95' | 'ttftP95'>;
  };
}

const MINUTES = 60;

export function toShareView({ at, overview, modelName, series }: ShareFacts): ShareView {
  const { model, runtime, lock, phase } = overview;
  const { requests, errors, tokensPerSecond, latencyP95, ttftP95 } = series.totals;
  return shareView.parse({
    at,
    phase,
    engine: overview.engine,
    profile: overview.profile,
    services: servicesOf(overview),
    model:
      model === null
        ? null
        : {
            name: modelName,
            architecture: model.architecture,
            quantization: model.quantization,
            sizeBytes: model.sizeBytes,
            contextSize: model.contextSize,
          },
    runtime: runtime === null ? null : { kind: runtime.kind, version: runtime.version },
    lock: lock === null ? null : { sha256: lock.sha256, createdAt: lock.createdAt },
    upSince: phase === 'running' ? (runtime?.since ?? null) : null,
    lastHour: {
      requests: requests ?? 0,
      errors: errors ?? 0,
      tokensPerSecond,
      replyP95Ms: latencyP95,
      firstTokenP95Ms: ttftP95,
    },
    perMinute: series.points.slice(-MINUTES).map((point) => point.tokensPerSecond),
  });
}

/** The services that we know by name; a stranger's container has a name that may tell something. */
function servicesOf({ status }: LabOverview): ShareView['services'] {
  const items = [...status.managed_items, ...status.missing_items];
  return SHARED_SERVICES.flatMap((name) => {
    const item = items.find(
      (one) =>
        (one.domain === 'service' && one.name === name) || (one.domain === 'process' && name === 'model'),
    );
    if (item === undefined) return [];
    return [{ name, state: item.state === 'missing' ? 'missing' : 'managed', health: item.health ?? null }];
  });
}
