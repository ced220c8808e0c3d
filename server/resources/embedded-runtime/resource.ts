/**
 * The embedded runtime: a model server under our supervisor, both outliving whoever started them. Nothing is
 * remembered here; the record and the living processes are the truth.
 */
import { rmSync } from 'node:fs';
import type { Change, Resource } from '../../engine/resource.ts';
import { runtimePrefix, type Home } from '../../lib/home.ts';
import { isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import { servedNameOf, type Lab } from '../../schemas/lab.ts';
import { actualItems, driftMeta, ITEM_NAME, type RuntimeItem } from './actual.ts';
import { checkPort, lookAtPort, weightsUnknown } from './check.ts';
import { runtimeEntries } from './lock-entry.ts';
import { spawnSupervisor, untilAnswering, type LaunchOptions } from './launch.ts';
import { endProcesses, findProcesses } from './processes.ts';
import { readRecord, runtimeFacts, type RecordReading } from './record.ts';
import type { Launch, StartRequest } from './request.ts';

export interface EmbeddedRuntimeOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  /** The bundled supervisor and worker, and the Node that runs them. */
  supervisorEntry: string;
  workerEntry: string;
  nodePath: string;
}

export function createEmbeddedRuntime(options: EmbeddedRuntimeOptions): Resource<RuntimeItem> {
  const { home } = options;

  async function running(): Promise<ProcessIdentity[]> {
    const recorded = identitiesOf(readRecord(home.runtimeFile)).filter(isAlive);
    const pids = new Set(recorded.map(({ pid }) => pid));
    const found = await findProcesses(home);
    return [...recorded, ...found.filter(({ pid }) => !pids.has(pid))];
  }

  /** Supervisor first: one that lives would start its model server again. */
  async function endAll(): Promise<void> {
    await endProcesses(identitiesOf(readRecord(home.runtimeFile)).slice(0, 1).filter(isAlive));
    await endProcesses(await running());
    rmSync(home.runtimeFile, { force: true });
    rmSync(home.runtimeKeyFile, { force: true });
  }

  return {
    id: ITEM_NAME,
    stopsOnDown: true,

    desired(lab) {
      if (lab.engine !== 'embedded') return [];
      const facts = factsOf(lab);
      return [
        {
          name: ITEM_NAME,
          domain: 'process',
          meta: { ...driftMeta(facts), weights_path: lab.weightsPath, supervised: true },
          launch: launchOf(lab, options),
        },
      ];
    },

    async actual() {
      const reading = readRecord(home.runtimeFile);
      const [supervisor, child] = identitiesOf(reading);
      const alive = {
        supervisor: supervisor !== undefined && isAlive(supervisor),
        child: child !== undefined && isAlive(child),
      };
      return actualItems(reading, alive, await findProcesses(home), home);
    },

    async check(lab, changes) {
      if (!changes.some(({ kind }) => kind !== 'remove')) return;
      if (lab.weightsPath === null) throw weightsUnknown();
      const ours = (await running()).map(({ pid }) => pid);
      await checkPort(lab.modelPort, ours);
    },

    async forecast(lab) {
      if (lab.engine !== 'embedded') return {};
      const ours = (await running()).map(({ pid }) => pid);
      const port = await lookAtPort(lab.modelPort, ours);
      return { ports: [{ item: ITEM_NAME, port: lab.modelPort, ...port }] };
    },

    lock: (lab, context) => runtimeEntries(lab, home, context),

    async apply(change, { signal, report }) {
      if (change.kind === 'remove') {
        report({ message: 'Ending the model server.' });
        await remove(change);
        return;
      }
      const request = requestOf(change.item, home);
      signal.throwIfAborted();
      await endAll();
      const launch: LaunchOptions = { ...options, signal };
      report({ message: `Starting ${request.launch.kind}.` });
      const supervisor = await spawnSupervisor(request, launch);
      try {
        report({ message: `Waiting for port ${request.facts.port} to answer.` });
        await untilAnswering(supervisor, request, launch);
      } catch (error) {
        // Nothing half-made: what did not come up is ended; a failure's record stays, for it says why.
        if (signal.aborted) await endAll();
        else await endProcesses([supervisor]);
        throw error;
      }
    },
  };

  async function remove(change: Change<RuntimeItem>): Promise<void> {
    if (change.item.name === ITEM_NAME) return endAll();
    const strays = await findProcesses(home);
    return endProcesses(strays.filter(({ pid }) => pid === change.item.meta['pid']));
  }
}

/** Supervisor and, where there is one, model server. */
function identitiesOf(reading: RecordReading): ProcessIdentity[] {
  if (reading.kind !== 'record') return [];
  const { supervisor, child } = reading.record;
  return child === null ? [supervisor] : [supervisor, child];
}

function factsOf(lab: Lab) {
  return {
    runtime: lab.runtime.kind,
    version: lab.runtime.version,
    weightsPath: lab.weightsPath ?? '',
    modelName: servedNameOf(lab),
    contextSize: lab.contextSize,
    threads: lab.threads,
    profile: lab.profile,
    port: lab.modelPort,
  };
}

function launchOf({ runtime }: Lab, { home, workerEntry }: EmbeddedRuntimeOptions): Launch {
  return runtime.kind === 'llama-server'
    ? { kind: 'llama-server', path: runtime.path }
    : { kind: 'node-llama-cpp', prefix: runtimePrefix(home, runtime.version), workerEntry };
}

function requestOf({ meta, launch }: RuntimeItem, home: Home): StartRequest {
  if (meta['weights_path'] === null || launch === undefined) throw weightsUnknown();
  const facts = runtimeFacts.parse({
    runtime: meta['runtime'],
    version: meta['version'],
    weightsPath: meta['weights_path'],
    modelName: meta['model_name'],
    contextSize: meta['context_size'],
    threads: meta['threads'],
    profile: meta['profile'],
    port: meta['port'],
  });
  return { home: home.root, facts, launch };
}
