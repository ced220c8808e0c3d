/**
 * What the CLI's commands use: the running server when there is one, else the same engine in this process. One
 * writer either way.
 */
import { createEngine, type RunningEngine } from '../engine/engine.ts';
import type { Program } from '../engine/resources.ts';
import type { Home } from '../lib/home.ts';
import type { Activity, DownInput, UpInput } from '../schemas/activity.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import type { HookConfirmInput, HookRunOutput, HookView } from '../schemas/hooks.ts';
import type { LabStatus } from '../schemas/lab.ts';
import type { LogLine, LogsInput } from '../schemas/logs.ts';
import type { LabPlan, PlanInput } from '../schemas/plan.ts';
import type {
  FitInput,
  FitReport,
  ModelIdInput,
  ModelList,
  ModelRemoved,
  ModelUsed,
} from '../schemas/inventory.ts';
import type { SupportBundle } from '../schemas/support.ts';
import type { PullInput } from '../schemas/models.ts';
import { localLock, remoteLock, type LockClient } from './lock-client.ts';
import { connect } from './remote.ts';
import { plain } from './remote-error.ts';
import { remoteLogs } from './remote-logs.ts';
import { readServerFile, type ServerFile } from './server-file.ts';
import { localShare, remoteShare, type ShareClient } from './share-client.ts';

export interface LabClient {
  /** Set when a server runs for this home. */
  server: ServerFile | undefined;
  /** Set when this process does the work itself. */
  engine: RunningEngine | undefined;
  status(): Promise<LabStatus>;
  doctor(): Promise<DoctorReport>;
  support(): Promise<SupportBundle>;
  plan(input: PlanInput): Promise<LabPlan>;
  up(input: UpInput): Promise<Activity>;
  down(input: DownInput): Promise<Activity>;
  pull(input: PullInput): Promise<Activity>;
  models: {
    list(): Promise<ModelList>;
    use(input: ModelIdInput): Promise<ModelUsed>;
    remove(input: ModelIdInput): Promise<ModelRemoved>;
    fit(input: FitInput): Promise<FitReport>;
  };
  lock: LockClient;
  share: ShareClient;
  services(): Promise<string[]>;
  /** Lines in batches, oldest first; with `follow` until the signal, which ends it without an error. */
  logs(input: LogsInput, signal: AbortSignal): AsyncIterable<LogLine[]>;
  hooks: {
    list(): Promise<HookView[]>;
    get(id: string): Promise<HookRunOutput>;
    run(name: string): Promise<Activity>;
    confirm(input: HookConfirmInput): Promise<void>;
  };
  activity(id: string): Promise<Activity>;
  cancel(id: string): Promise<Activity>;
  close(): Promise<void>;
}

export interface ClientOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
}

export function openLab(options: ClientOptions): LabClient {
  const server = readServerFile(options.home);
  return server === undefined ? local(options) : remote(server);
}

function local(options: ClientOptions): LabClient {
  const engine = createEngine(options);
  const until = new AbortController();
  return {
    server: undefined,
    engine,
    status: () => engine.lab.status(until.signal),
    doctor: () => engine.lab.doctor(until.signal),
    support: () => engine.support.bundle(until.signal),
    plan: (input) => engine.lab.plan(input, until.signal),
    up: (input) => engine.lab.up(input, 'cli'),
    down: (input) => engine.lab.down(input, 'cli'),
    pull: (input) => engine.models.pull(input, 'cli'),
    lock: localLock(engine, until.signal),
    share: localShare(engine, until.signal),
    models: {
      list: () => engine.models.list(until.signal),
      use: (input) => engine.models.use(input, until.signal),
      remove: (input) => engine.models.remove(input, until.signal),
      fit: (input) => engine.models.fit(input, until.signal),
    },
    services: () => engine.logs.services(until.signal),
    logs: (input, signal) => engine.logs.read(input, signal),
    hooks: {
      list: () => engine.hooks.list(),
      get: async (id) => engine.hooks.get(id),
      run: (name) => engine.hooks.runNow(name, 'cli'),
      confirm: (input) => engine.hooks.confirm(input),
    },
    activity: async (id) => engine.activities.get(id),
    cancel: (id) => engine.activities.cancel(id),
    async close() {
      until.abort();
      await engine.close();
    },
  };
}

function remote(server: ServerFile): LabClient {
  const api = connect(server);
  return {
    server,
    engine: undefined,
    status: () => plain(api.lab.status.query()),
    doctor: () => plain(api.lab.doctor.query()),
    support: () => plain(api.support.bundle.query()),
    plan: (input) => plain(api.lab.plan.query(input)),
    up: (input) => plain(api.lab.up.mutate(input)),
    down: (input) => plain(api.lab.down.mutate(input)),
    pull: (input) => plain(api.models.pull.mutate(input)),
    lock: remoteLock(api),
    share: remoteShare(api),
    models: {
      list: () => plain(api.models.list.query()),
      use: (input) => plain(api.models.use.mutate(input)),
      remove: (input) => plain(api.models.remove.mutate(input)),
      fit: (input) => plain(api.models.fit.query(input)),
    },
    services: () => plain(api.logs.services.query()),
    logs: (input, signal) => remoteLogs(api, input, signal),
    hooks: {
      list: () => plain(api.hooks.list.query()),
      get: (id) => plain(api.hooks.get.query({ id })),
      run: (name) => plain(api.hooks.runNow.mutate({ name })),
      confirm: (input) => plain(api.hooks.confirm.mutate(input)),
    },
    activity: (id) => plain(api.activity.get.query({ id })),
    cancel: (id) => plain(api.activity.cancel.mutate({ id })),
    close: async () => undefined,
  };
}
