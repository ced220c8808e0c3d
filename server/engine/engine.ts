/**
 * The composition root: the only place that knows every part. Server, CLI and tests make their engine here.
 */
import { closeDb, type Db } from '../../db/client.ts';
import type { Endpoint } from '../gateway/forward.ts';
import { createInstruments, type Instruments } from '../instruments/instruments.ts';
import { coalesce } from '../lib/coalesce.ts';
import { LabError } from '../lib/errors.ts';
import { ensureHome, type Home } from '../lib/home.ts';
import type { Activity } from '../schemas/activity.ts';
import type { LiveEvent } from '../schemas/live.ts';
import { createAccess, type Access, type ServerIdentity } from '../services/access.ts';
import { createCostMeter } from '../cost/cost-meter.ts';
import { summarizeCost } from '../cost/summary.ts';
import { createMetering, type Metering } from '../services/metering.ts';
import { createCharts } from '../services/charts/charts.ts';
import { createPresets } from '../services/chat-presets.ts';
import { searchChats } from '../services/chat-search.ts';
import { createTransfer } from '../services/chat-transfer.ts';
import { createChats, type Chats } from '../services/chats.ts';
import { createFileHashes } from '../services/file-hashes.ts';
import { createLiveReplies, type LiveReplies } from '../services/live-replies.ts';
import { createLedger, type Ledger } from '../services/ledger.ts';
import { createLocks } from '../services/locks.ts';
import { createActivities, type Activities } from './activities.ts';
import { createConfigService } from './config-service.ts';
import type { Engine } from './contract.ts';
import { createDownloadRate } from './download-rate.ts';
import { backUpDaily } from './daily-backup.ts';
import { createEventBus } from './events.ts';
import { createExplainer } from './explainer.ts';
import { createGpuWatch } from './gpu-watch.ts';
import { createHookService } from './hook-service.ts';
import { createIgnoredDrift } from './ignored-drift.ts';
import { createInventoryService } from './inventory-service.ts';
import { createLabService } from './lab-service.ts';
import { createLockService } from './lock-service.ts';
import { createLogsService } from './logs-service.ts';
import { createLiveOverview } from './live-overview.ts';
import { createModelsService } from './models-service.ts';
import { createModelHost } from './model-host.ts';
import { openDatabase } from './open-database.ts';
import { labPrometheus, pushMetrics } from './push-metrics.ts';
import { noServer } from './no-server.ts';
import { keepBounded } from './retention.ts';
import { restoredNotice } from './restored-database.ts';
import { retry } from './retry.ts';
import { createSupportService } from './support-service.ts';
import { createResources, type Program } from './resources.ts';
import { createSharing, type SharingService } from './sharing.ts';

export interface EngineOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  /** The home's, open; the engine closes it with itself. None: the engine opens it. */
  db?: Db;
  /** Present when this engine is the home's server. */
  server?: ServerIdentity;
}

/** The engine as its own process uses it: the callers' contract, and the parts that the front needs. */
export interface RunningEngine extends Engine {
  parts: {
    db: Db;
    access: Access;
    chats: Chats;
    replies: LiveReplies;
    ledger: Ledger;
    activities: Activities;
    instruments: Instruments;
    metering: Metering;
    sharing: Pick<SharingService, 'visit' | 'resume' | 'state'>;
  };
  /** The runtime as it is now; null when none runs. Good after `prime`. */
  endpoint(): Endpoint | null;
  embeddings: { endpoint(): Endpoint | null; isAsked(): Promise<boolean> };
  prime(): Promise<void>;
  close(): Promise<void>;
}

const OVERVIEW_EVERY_MS = 2000;

export function createEngine(options: EngineOptions): RunningEngine {
  const { home, env, program, server } = options;
  ensureHome(home);
  const db = options.db ?? openDatabase(home, program.migrations);
  const closing = new AbortController();
  const bus = createEventBus();
  const access = createAccess(db, server);
  const chats = createChats(db);
  const replies = createLiveReplies(chats, () => bus.publish({ type: 'chats' }));
  const locks = createLocks(db);
  const hash = createFileHashes(db);
  const ledger = createLedger(db, (request) => bus.publish({ type: 'request', request }), home.ledgerSums);
  const instruments = createInstruments();
  const cost = createCostMeter({
    configPath: home.config,
    env,
    gpuInUse: () => lab.known()?.profile === 'gpu',
  });
  const metering = createMetering({ ledger, instruments, cost, lockSha256: locks.sha256 });
  const logs = createLogsService({ home, env, resolve: () => lab.resolve(), closing: closing.signal });
  const explainer = createExplainer({
    home,
    env,
    logs,
    resolve: () => lab.resolve(),
    items: async (signal) => (await lab.status(signal)).managed_items,
  });
  const tellActivity = (activity: Activity) => {
    bus.publish({ type: 'activity', activity });
    instruments.activity(activity);
    void publishOverview();
  };
  const activities = createActivities(db, tellActivity, explainer.failure);
  if (server !== undefined) {
    chats.settle();
    backUpDaily(db, home, closing.signal);
    keepBounded(db, closing.signal);
  }
  const host = createModelHost({ home, env, signal: closing.signal, onChange: () => void publishOverview() });
  const gatewayUrl = server === undefined ? null : `http://localhost:${server.port}/v1`;
  const ignored = createIgnoredDrift(db);
  const hooks = createHookService({
    db,
    home,
    env,
    stacksFolder: program.stacksFolder,
    gatewayUrl,
    activities,
    resolve: () => lab.resolve(),
    resources: (lab, signal) => createResources({ home, env, program, lab, starter: false, ignored }, signal),
  });
  const rate = createDownloadRate(db);
  const lab = createLabService({
    home,
    env,
    program,
    activities,
    host,
    gatewayUrl,
    ignored,
    hooks,
    explainer,
    notices: () => restoredNotice(db),
    gpu: createGpuWatch(logs),
    onChange: () => void publishOverview(),
    onItems: instruments.items,
    rate,
    locks,
    hash,
    sharing: () => sharing.state(),
  });
  const sharing = createSharing({
    db,
    server,
    lab,
    ledger,
    closing: closing.signal,
    onChange: () => void publishOverview(),
  });
  const models = createModelsService({ home, env, activities, rate });
  const pusher = server === undefined ? undefined : pushMetrics({ home, lab, instruments });

  const charts = createCharts({
    instance: home.project,
    prometheus: () => labPrometheus(home, lab),
    ledger: ledger.series,
  });

  const live = createLiveOverview({
    look: () => lab.overview(closing.signal),
    publish: (overview) => bus.publish({ type: 'overview', overview }),
    // A look takes its time, too.
    young: OVERVIEW_EVERY_MS * 1.5,
    watched: () => bus.subscribers > 1,
  });
  const snapshot = async (): Promise<LiveEvent> => ({
    type: 'snapshot',
    overview: await live.current(),
    activities: activities.list(20),
  });
  const publishOverview = coalesce(async () => {
    if (bus.subscribers === 0 || closing.signal.aborted) return;
    await live.refresh().catch(() => undefined);
  });
  // What changes without an event of ours: ai-lab.yaml, weights on disk, a process that someone else ended.
  const timer = setInterval(() => void publishOverview(), OVERVIEW_EVERY_MS).unref();

  const config = createConfigService({ home, env, flags: lab.asked, onChange: () => void publishOverview() });
  const lock = createLockService({ home, env, program, locks, hash, ignored, activities });

  return {
    identify: access.identify,
    lab,
    config,
    lock,
    activities: {
      list: activities.list,
      get: activities.get,
      cancel: activities.cancel,
      retry: (id, startedBy) => retry(id, startedBy, { activities, lab, models, hooks }),
    },
    models: {
      ...models,
      ...createInventoryService({
        home,
        env,
        db,
        activities,
        resolve: lab.resolve,
        isRunning: () => host.endpoint() !== null,
        onChange: () => void publishOverview(),
      }),
    },
    chats: {
      ...chats,
      ...createPresets(db),
      ...createTransfer(db),
      search: (text) => searchChats(db, text),
      follow: replies.follow,
      stop: replies.stop,
    },
    metrics: {
      ...charts,
      recent: ledger.recent,
      clients: ledger.clients,
      request(id) {
        const row = ledger.one(id);
        if (row === undefined) throw noRequest(id);
        return row;
      },
      async cost({ days }) {
        const to = Date.now();
        const { from, tallies } = await ledger.costs(days, to);
        const [energySource, notMeasured] = [cost.energySource(), cost.notMeasured()];
        return summarizeCost(tallies, { from, to, inputs: cost.inputs(), energySource, notMeasured });
      },
    },
    logs,
    hooks,
    share: sharing.api,
    support: createSupportService({ home, env, chats, engine: { config, lab, lock, logs, activities } }),
    access: {
      keys: access.keys,
      createKey: access.createKey,
      revokeKey: access.revokeKey,
      logins: access.logins,
      revokeLogin: access.revokeLogin,
      loginLink() {
        if (server === undefined) throw noServer();
        return `http://localhost:${server.port}/login#token=${access.mintToken()}`;
      },
    },
    events: (lastEventId, signal) =>
      bus.subscribe(lastEventId, snapshot, AbortSignal.any([signal, closing.signal])),
    parts: { db, access, chats, replies, ledger, activities, instruments, metering, sharing },
    endpoint: host.endpoint,
    embeddings: {
      endpoint: host.embeddings.endpoint,
      isAsked: () =>
        lab.resolve().then(
          ({ lab: { embeddings } }) => embeddings !== undefined,
          () => false,
        ),
    },
    prime: lab.prime,
    async close() {
      clearInterval(timer);
      pusher?.close();
      replies.close();
      sharing.close();
      await activities.close();
      closing.abort();
      ledger.close();
      closeDb(db);
    },
  };
}

function noRequest(id: string): LabError {
  return new LabError({
    code: 'request_not_found',
    message: `The ledger holds no request ${id}.`,
    fix: 'Open the Metrics page to see those that are kept.',
    status: 404,
  });
}
