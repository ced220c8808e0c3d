/**
 * What the engine offers to its callers: the web API, the CLI and the gateway all use exactly this. The routers
 * import it as a type only: they know no database, no Docker and no child process.
 */
import type { Activity, DownInput, UpInput } from '../schemas/activity.ts';
import type { ApiKey, Login } from '../schemas/access.ts';
import type { LabChoices } from '../schemas/choices.ts';
import type { ChatApi } from '../schemas/chat-api.ts';
import type { ConfigProblem } from '../schemas/config.ts';
import type { ConfigSetInput, ConfigView, ConfigWriteInput } from '../schemas/config-view.ts';
import type { CostSummary } from '../schemas/cost.ts';
import type { DoctorReport } from '../schemas/doctor.ts';
import type { RepairInput, RepairPreview } from '../schemas/explanation.ts';
import type { HeedDriftInput, IgnoreDriftInput } from '../schemas/drift.ts';
import type { HookConfirmInput, HookRunOutput, HookView } from '../schemas/hooks.ts';
import type { LabStatus } from '../schemas/lab.ts';
import type {
  GatewayClients,
  LedgerRow,
  MetricSeries,
  ScrapeTarget,
  SeriesInput,
} from '../schemas/metrics.ts';
import type { LiveEvent } from '../schemas/live.ts';
import type { LockApi } from '../schemas/lock-api.ts';
import type { LogLine, LogsInput } from '../schemas/logs.ts';
import type {
  FitInput,
  FitReport,
  ModelIdInput,
  ModelList,
  ModelRemoved,
  ModelUsed,
} from '../schemas/inventory.ts';
import type { PullInput } from '../schemas/models.ts';
import type { LabOverview } from '../schemas/overview.ts';
import type { ShareApi } from '../schemas/share.ts';
import type { SupportBundle } from '../schemas/support.ts';
import type { LabUsage } from '../schemas/usage.ts';
import type { LabPlan, PlanInput } from '../schemas/plan.ts';

/** Who asks. `cli` proves it by the secret in the home; `key` is a program and may use /v1 and /metrics only. */
export type Caller =
  | { kind: 'login'; id: string }
  | { kind: 'cli' }
  | { kind: 'key'; id: string; name: string };

/** Request headers, however the server at hand holds them. */
export type HeaderReader = (name: string) => string | null | undefined;

export interface Engine {
  /** Proves a caller from cookie and secret, or from a bearer credential; null when there is no proof. */
  identify(header: HeaderReader): Caller | null;
  lab: {
    overview(signal: AbortSignal): Promise<LabOverview>;
    status(signal: AbortSignal): Promise<LabStatus>;
    /** Starts the activity and returns at once; the outcome is in the activity. 409 while another one runs. */
    up(input: UpInput, startedBy: string): Promise<Activity>;
    down(input: DownInput, startedBy: string): Promise<Activity>;
    doctor(signal: AbortSignal): Promise<DoctorReport>;
    /** What engine and profile can be chosen, what each needs, and whether it is there. Looks at Docker and Compose. */
    choices(signal: AbortSignal): Promise<LabChoices>;
    /** CPU and memory of what runs; measured at most every 5 s, and only when asked. */
    usage(): Promise<LabUsage>;
    /** Lets the named drift be, for the values as they are now. `up` is what re-applies. */
    ignoreDrift(input: IgnoreDriftInput, signal: AbortSignal): Promise<void>;
    heedDrift(input: HeedDriftInput): void;
    /** What an `up` with this input would do. Changes nothing. */
    plan(input: PlanInput, signal: AbortSignal): Promise<LabPlan>;
  };
  /** `ai-lab.yaml`. A browser may not name what this machine runs, asks, reads or listens to: 403. */
  config: {
    get(): ConfigView;
    /** One key, with comments and order kept. */
    set(input: ConfigSetInput, writer: 'cli' | 'browser'): ConfigView;
    /** The whole file. 409 when it is another one than `base` by now; 400 for what would be invalid. */
    write(input: ConfigWriteInput, writer: 'cli' | 'browser'): ConfigView;
    /** What is wrong with such a text; nothing is written. */
    check(text: string, writer: 'cli' | 'browser'): ConfigProblem[];
    /** The file with a repair in it, beside the one there is; nothing is written. */
    preview(input: RepairInput): RepairPreview;
  };
  lock: LockApi;
  /** Expiring links to the read-only status page. */
  share: ShareApi;
  activities: {
    list(limit: number): Activity[];
    get(id: string): Activity;
    /** Asks a running activity to stop; resolves when it has ended. */
    cancel(id: string): Promise<Activity>;
    /** Begins an ended one again with the same input. */
    retry(id: string, startedBy: string): Promise<Activity>;
  };
  models: {
    /** Starts the download and returns at once. A wrong id throws; 409 while another activity runs. */
    pull(input: PullInput, startedBy: string): Promise<Activity>;
    list(signal: AbortSignal): Promise<ModelList>;
    /** Makes one of the list the lab's model, in ai-lab.yaml. 409 where the environment chooses it. */
    use(input: ModelIdInput, signal: AbortSignal): Promise<ModelUsed>;
    /** Deletes one of the list. 409 for the model of the running lab. */
    remove(input: ModelIdInput, signal: AbortSignal): Promise<ModelRemoved>;
    /** Memory that a model needs at a context, against what there is. */
    fit(input: FitInput, signal: AbortSignal): Promise<FitReport>;
  };
  chats: ChatApi;
  metrics: {
    series(input: SeriesInput): Promise<MetricSeries>;
    /** What Prometheus scrapes; null where the lab has none. */
    targets(): Promise<ScrapeTarget[] | null>;
    recent(limit: number): LedgerRow[];
    request(id: string): LedgerRow;
    /** Who has called the gateway lately, the latest first. */
    clients(): GatewayClients;
    cost(input: { days: number }): Promise<CostSummary>;
  };
  logs: {
    services(signal: AbortSignal): Promise<string[]>;
    /** Oldest first, harmless, at most ten batches a second; with `follow` until the signal. */
    read(input: LogsInput, signal: AbortSignal): AsyncIterable<LogLine[]>;
  };
  hooks: {
    list(): Promise<HookView[]>;
    /** One run with its output; while it runs, with what there is so far. */
    get(id: string): HookRunOutput;
    /** Starts it as an activity and returns at once. 409 while its command is not confirmed. */
    runNow(name: string, startedBy: string): Promise<Activity>;
    /** Lets the command with that hash run from now on; 409 when ai-lab.yaml has another one by now. */
    confirm(input: HookConfirmInput): Promise<void>;
  };
  access: {
    keys(): ApiKey[];
    /** The clear key is in the answer and nowhere else, ever. */
    createKey(name: string): ApiKey & { secret: string };
    revokeKey(id: string): void;
    logins(caller: Caller): Login[];
    revokeLogin(id: string): void;
    /** A fresh login link for the running server, with its one-time token in the fragment. */
    loginLink(): string;
  };
  support: {
    /** What those need who help: redacted, and whole, so that it can be read before it is kept. */
    bundle(signal: AbortSignal): Promise<SupportBundle>;
  };
  /** Snapshot, then deltas after it; with `lastEventId`, only what was missed when that is still known. */
  events(
    lastEventId: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<{ id: string; event: LiveEvent }>;
}
