/**
 * The composition root: the only place that knows every part. Server, CLI and tests make their engine here.
 */
import { existsSync } from 'node:fs';
import { closeDb, type Db } from '../../db/client.ts';
import { setConfigKey } from '../config/edit.ts';
import { invalidConfigError } from '../config/load.ts';
import type { Endpoint } from '../gateway/forward.ts';
import { LabError } from '../lib/errors.ts';
import { ensureHome, type Home } from '../lib/home.ts';
import { readEndpoint, readFailure, watchRuntime } from '../resources/embedded-runtime/endpoint.ts';
import { STARTER, starterPath } from '../resources/model-weights/starter.ts';
import type { UpInput } from '../schemas/activity.ts';
import { createAccess, type Access, type ServerIdentity } from '../services/access.ts';
import { createChats, type Chats } from '../services/chats.ts';
import { createLedger, type Ledger } from '../services/ledger.ts';
import { createActivities, type Activities } from './activities.ts';
import type { Engine } from './contract.ts';
import { diagnose } from './doctor.ts';
import { createEventBus } from './events.ts';
import { openDatabase } from './open-database.ts';
import * as orchestrator from './orchestrator.ts';
import { toOverview } from './overview.ts';
import { createReadyProbe } from './ready.ts';
import { resolveLab, type ResolvedLab } from './resolve-lab.ts';
import { createResources, type Program } from './resources.ts';
import { observe, toStatus } from './status.ts';

export interface EngineOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  /** Present when this engine is the home's server. */
  server?: ServerIdentity;
}

/** The engine as its own process uses it: the callers' contract, and the parts that the front needs. */
export interface RunningEngine extends Engine {
  parts: { db: Db; access: Access; chats: Chats; ledger: Ledger; activities: Activities };
  /** The runtime as it is now, kept up to date by the supervisor's record. */
  endpoint(): Endpoint | null;
  close(): Promise<void>;
}

const OVERVIEW_EVERY_MS = 2000;

export function createEngine(options: EngineOptions): RunningEngine {
  const { home, env, program, server } = options;
  ensureHome(home);
  const db = openDatabase(home, program.migrations);
  const closing = new AbortController();
  const bus = createEventBus();
  const access = createAccess(db, server);
  const chats = createChats(db);
  const ledger = createLedger(db, (request) => bus.publish({ type: 'request', request }));
  const activities = createActivities(db, (activity) => {
    bus.publish({ type: 'activity', activity });
    void publishOverview();
  });
  if (server !== undefined) chats.settle();

  let endpoint = readEndpoint(home);
  watchRuntime(
    home,
    () => {
      endpoint = readEndpoint(home);
      void publishOverview();
    },
    closing.signal,
  );

  /** What the running `up` was asked for: while it runs, that is the lab which is shown. */
  let asked: UpInput | undefined;
  const resolve = (input: UpInput | undefined = asked): Promise<ResolvedLab> =>
    resolveLab({
      home,
      env,
      ...(input?.overrides === undefined ? {} : { overrides: input.overrides }),
      starter: input?.starter === true,
    });

  const look = async (signal: AbortSignal) => {
    const resolved = await resolve();
    const resources = createResources({ home, env, program, lab: resolved.lab, starter: false });
    const items = await observe(resolved.lab, resources, signal);
    return { resolved, status: toStatus(home, resolved.config, resolved.lab, items) };
  };

  const overview = async (signal: AbortSignal) => {
    const { resolved, status } = await look(signal);
    return toOverview({
      home,
      resolved,
      status,
      running: activities.running(),
      latest: activities.list(1)[0],
      starterPresent: existsSync(starterPath(home)),
      gatewayUrl: server === undefined ? null : `http://localhost:${server.port}/v1`,
    });
  };

  const publishOverview = coalesced(async () => {
    if (bus.subscribers === 0 || closing.signal.aborted) return;
    const next = await overview(closing.signal).catch(() => undefined);
    const text = JSON.stringify(next);
    if (next === undefined || text === told) return;
    told = text;
    bus.publish({ type: 'overview', overview: next });
  });
  let told = '';
  // What changes without an event of ours: ai-lab.yaml, weights on disk, a process that someone else ended.
  const timer = setInterval(() => void publishOverview(), OVERVIEW_EVERY_MS).unref();

  const runUp = async (input: UpInput, run: orchestrator.Run): Promise<string> => {
    asked = input;
    try {
      const resolved = await resolve();
      refuseProblems(resolved);
      const { lab } = resolved;
      const resources = createResources({ home, env, program, lab, starter: input.starter });
      const ready = createReadyProbe({
        endpoint: () => (endpoint = readEndpoint(home)),
        failure: () => readFailure(home),
      });
      const { changed, firstTokenMs } = await orchestrator
        .up(lab, resources, ready, run)
        .finally(() => rememberStarter(home, resolved));
      const first = `The model answered; the first token took ${Math.round(firstTokenMs)} ms.`;
      return changed === 0 ? `Nothing had to be done. ${first}` : first;
    } finally {
      asked = undefined;
    }
  };

  return {
    identify: access.identify,
    lab: {
      overview,
      status: async (signal) => (await look(signal)).status,
      async up(input, startedBy) {
        return activities.start('up', input, startedBy, (run) => runUp(input, run));
      },
      async down(startedBy) {
        return activities.start('down', {}, startedBy, async (run) => {
          const { lab } = await resolve();
          const resources = createResources({ home, env, program, lab, starter: false });
          const removed = await orchestrator.down(lab, resources, run);
          endpoint = readEndpoint(home);
          return removed === 0
            ? 'Nothing was running.'
            : 'The lab is down. Weights, tools and conversations stay.';
        });
      },
      doctor: (signal) => diagnose({ home, env, resolve, signal }),
    },
    activities: {
      list: activities.list,
      get: activities.get,
      cancel: activities.cancel,
    },
    chats,
    metrics: { series: (range) => ledger.series(range), recent: (limit) => ledger.recent(limit) },
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
      bus.subscribe(
        lastEventId,
        async () => ({ type: 'snapshot', overview: await overview(signal), activities: activities.list(20) }),
        AbortSignal.any([signal, closing.signal]),
      ),
    parts: { db, access, chats, ledger, activities },
    endpoint: () => endpoint,
    async close() {
      clearInterval(timer);
      await activities.close();
      closing.abort();
      ledger.flush();
      closeDb(db);
    },
  };
}

function refuseProblems({ config, problems }: ResolvedLab): void {
  if (config.problems.length > 0) throw invalidConfigError(config);
  const [problem] = problems;
  if (problem !== undefined) throw problem;
}

/** One run at a time; calls meanwhile make one more run, so that the last word is never an old one. */
function coalesced(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again = false;
  const loop = async () => {
    do {
      again = false;
      await work();
    } while (again);
    running = undefined;
  };
  return () => {
    if (running !== undefined) again = true;
    return (running ??= loop());
  };
}

/** A starter that was fetched for a lab without a model becomes its model, in the file where users look for it. */
function rememberStarter(home: Home, { lab, config }: ResolvedLab): void {
  const { model_id: id, model_path: path } = config.values;
  if (lab.weights.kind !== 'starter' || id !== undefined || path !== undefined) return;
  if (existsSync(starterPath(home))) setConfigKey(home.config, 'model_id', STARTER.id);
}

function noServer(): LabError {
  return new LabError({
    code: 'server_not_running',
    message: 'No ailab-web server is running for this home.',
    fix: 'Start it with `ailab-web` (or `npm start` in a clone).',
    status: 503,
  });
}
