/**
 * The embedded runtime: a model server under our supervisor (and one for embeddings, where asked for), all outliving whoever started them. Nothing is
 * remembered here; the record and the living processes are the truth.
 */
import { rmSync } from 'node:fs';
import type { Change, Resource } from '../../engine/resource.ts';
import { runtimePrefix, type Home } from '../../lib/home.ts';
import { isAlive, type ProcessIdentity } from '../../lib/process-identity.ts';
import { servedNameOf, type Lab } from '../../schemas/lab.ts';
import type { PlanPort } from '../../schemas/plan.ts';
import { actualItems, driftMeta, type RuntimeItem } from './actual.ts';
import { checkPort, lookAtPort, onePort, weightsUnknown } from './check.ts';
import { runtimeEntries } from './lock-entry.ts';
import { spawnSupervisor, untilAnswering, type LaunchOptions } from './launch.ts';
import { endProcesses, findProcesses } from './processes.ts';
import { readRecord, runtimeFacts, type RecordReading, type RuntimeFacts } from './record.ts';
import type { Launch, StartRequest } from './request.ts';
import { slotsOf, type Role, type Slot } from './slot.ts';

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

  const slots = slotsOf(home);
  const slotNamed = (name: string) => slots.find((slot) => slot.name === name);

  async function running({ role, record }: Slot): Promise<ProcessIdentity[]> {
    const recorded = identitiesOf(readRecord(record)).filter(isAlive);
    const pids = new Set(recorded.map(({ pid }) => pid));
    const found = await findProcesses(home);
    return [...recorded, ...found.filter(({ pid, slot }) => slot === role && !pids.has(pid))];
  }

  /** Supervisor first: one that lives would start its model server again. */
  async function endAll(slot: Slot): Promise<void> {
    await endProcesses(identitiesOf(readRecord(slot.record)).slice(0, 1).filter(isAlive));
    await endProcesses(await running(slot));
    rmSync(slot.record, { force: true });
    rmSync(slot.keyFile, { force: true });
  }

  return {
    id: 'embedded-runtime',
    stopsOnDown: true,

    desired(lab) {
      if (lab.engine !== 'embedded') return [];
      return slots.flatMap((slot): RuntimeItem[] => {
        const facts = factsOf(lab, slot.role);
        if (facts === null) return [];
        const meta = { ...driftMeta(facts), weights_path: facts.weightsPath || null, supervised: true };
        return [{ name: slot.name, domain: 'process', meta, launch: launchOf(lab, options) }];
      });
    },

    async actual() {
      const found = await findProcesses(home);
      return slots.flatMap((slot) => {
        const reading = readRecord(slot.record);
        const [supervisor, child] = identitiesOf(reading);
        const alive = {
          supervisor: supervisor !== undefined && isAlive(supervisor),
          child: child !== undefined && isAlive(child),
        };
        const own = found.filter((process) => process.slot === slot.role);
        return actualItems(reading, alive, own, slot);
      });
    },

    async check(lab, changes) {
      for (const { kind, item } of changes) {
        const slot = slotNamed(item.name);
        if (kind === 'remove' || slot === undefined) continue;
        const facts = factsOf(lab, slot.role);
        if (facts === null || facts.weightsPath === '') throw weightsUnknown(slot.role);
        const ours = (await running(slot)).map(({ pid }) => pid);
        await checkPort(facts.port, ours, slot.role);
      }
      const { embeddings, modelPort } = lab;
      if (lab.engine === 'embedded' && embeddings?.port === modelPort) throw onePort(modelPort);
    },

    async forecast(lab) {
      if (lab.engine !== 'embedded') return {};
      const ports: PlanPort[] = [];
      for (const slot of slots) {
        const facts = factsOf(lab, slot.role);
        if (facts === null) continue;
        const ours = (await running(slot)).map(({ pid }) => pid);
        ports.push({ item: slot.name, port: facts.port, ...(await lookAtPort(facts.port, ours)) });
      }
      return { ports };
    },

    lock: (lab, context) => runtimeEntries(lab, home, context),

    async apply(change, { signal, report }) {
      if (change.kind === 'remove') {
        report({ message: `Ending ${change.item.name}.` });
        await remove(change);
        return;
      }
      const slot = slotNamed(change.item.name);
      if (slot === undefined) throw weightsUnknown();
      const request = requestOf(change.item, slot);
      signal.throwIfAborted();
      await endAll(slot);
      const launch: LaunchOptions = { ...options, slot, signal };
      report({ message: `Starting ${request.launch.kind}.` });
      const supervisor = await spawnSupervisor(request, launch);
      try {
        report({ message: `Waiting for port ${request.facts.port} to answer.` });
        await untilAnswering(supervisor, request, launch);
      } catch (error) {
        // Nothing half-made: what did not come up is ended; a failure's record stays, for it says why.
        if (signal.aborted) await endAll(slot);
        else await endProcesses([supervisor]);
        throw error;
      }
    },
  };

  async function remove(change: Change<RuntimeItem>): Promise<void> {
    const slot = slotNamed(change.item.name);
    if (slot !== undefined) return endAll(slot);
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

/** Null where the lab asks for no such server. */
function factsOf(lab: Lab, role: Role): RuntimeFacts | null {
  const { runtime, threads, profile, embeddings } = lab;
  const common = { runtime: runtime.kind, version: runtime.version, threads, profile };
  if (role === 'embeddings') {
    if (embeddings === undefined) return null;
    const { modelName, contextSize, port, pooling, weightsPath } = embeddings;
    return { ...common, weightsPath: weightsPath ?? '', modelName, contextSize, port, pooling };
  }
  const { weightsPath, contextSize, modelPort: port } = lab;
  return { ...common, weightsPath: weightsPath ?? '', modelName: servedNameOf(lab), contextSize, port };
}

function launchOf({ runtime }: Lab, { home, workerEntry }: EmbeddedRuntimeOptions): Launch {
  return runtime.kind === 'llama-server'
    ? { kind: 'llama-server', path: runtime.path }
    : { kind: 'node-llama-cpp', prefix: runtimePrefix(home, runtime.version), workerEntry };
}

function requestOf({ meta, launch }: RuntimeItem, { role, root }: Slot): StartRequest {
  if (meta['weights_path'] === null || launch === undefined) throw weightsUnknown(role);
  const facts = runtimeFacts.parse({
    runtime: meta['runtime'],
    version: meta['version'],
    weightsPath: meta['weights_path'],
    modelName: meta['model_name'],
    contextSize: meta['context_size'],
    threads: meta['threads'],
    profile: meta['profile'],
    port: meta['port'],
    pooling: meta['pooling'],
  });
  return { home: root, role, facts, launch };
}
