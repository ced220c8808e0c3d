/** `up --locked`: everything is compared before anything is made, and once more when it is there. */
import { setConfigKey } from '../config/edit.ts';
import { loadConfig } from '../config/load.ts';
import { compareEntries, isOfLab } from '../lock/compare.ts';
import type { LockedFacts } from '../lock/facts.ts';
import type { Home } from '../lib/home.ts';
import { defaultImages } from '../resources/compose-stack/locked-images.ts';
import type { ConfigFile, ConfigOverrides } from '../schemas/config.ts';
import { CONFIG_DEFAULTS, DEFAULT_PORTS, SERVICES } from '../schemas/config-defaults.ts';
import type { Lab } from '../schemas/lab.ts';
import type { LockDifference, LockEntry, LockShown } from '../schemas/lock.ts';
import { noLock, type Locks } from '../services/locks.ts';
import { collectEntries } from './lock-entries.ts';
import { lockedLab, lockMismatch } from './locked-lab.ts';
import type { Run } from './orchestrator.ts';
import type { ResolvedLab } from './resolve-lab.ts';
import type { LockContext, Resource } from './resource.ts';
import type { Program } from './resources.ts';

/** What is not there yet, and comes by the very identity that is locked. */
const BROUGHT = /\.(sha256|digest|local|architecture|quantization)$/;

export interface LockedUp {
  resolved: ResolvedLab;
  /** Throws `lock_mismatch` naming every difference. Reads whole files: progress is told. */
  agreeBefore(resources: readonly Resource[], run: Run): Promise<void>;
  /** Throws `lock_mismatch` when what was brought up is not what is locked. */
  agreeAfter(entries: readonly LockEntry[]): void;
  /** A sentence about what it wrote into ai-lab.yaml; none when nothing. */
  remember(): string[];
}

export interface LockedUpParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Pick<Program, 'stacksFolder'>;
  locks: Locks;
  hash: LockContext['hash'];
}

/** Throws `lock_none`, `lock_incomplete`, or what forbids to look. */
export async function openLocked(
  { home, env, program, locks, hash }: LockedUpParts,
  overrides: ConfigOverrides | undefined,
  signal: AbortSignal,
): Promise<LockedUp> {
  const lock = locks.current();
  if (lock === null) throw noLock();
  const locked = await lockedLab(
    lock,
    { home, env, ...(overrides === undefined ? {} : { overrides }) },
    signal,
  );
  const { resolved, facts } = locked;
  return {
    resolved,
    agreeBefore: (resources, run) =>
      run.step('locked', 'Compare with the lock', async (report) => {
        // What was said otherwise needs no reading of gigabytes to be refused.
        if (locked.differences.length > 0) throw lockMismatch(lock, locked.differences);
        const context = { signal: run.signal, report, hash, measured: true, of: 'asked' as const };
        const entries = await collectEntries(resolved.lab, resources, context);
        const other = differencesOf(lock, entries).filter(
          ({ field, found }) => found !== null || !BROUGHT.test(field),
        );
        if (other.length > 0) throw lockMismatch(lock, other);
      }),
    agreeAfter(entries) {
      const differences = differencesOf(lock, entries);
      if (differences.length > 0) throw lockMismatch(lock, differences);
    },
    remember() {
      const keys = rememberLocked(home, facts, ownImages(program.stacksFolder, resolved.lab));
      return keys.length === 0 ? [] : [`ai-lab.yaml now says it too: ${keys.join(', ')}.`];
    },
  };
}

function differencesOf(lock: LockShown, entries: readonly LockEntry[]): LockDifference[] {
  return compareEntries(lock.document.resources.filter(isOfLab), entries).differences;
}

/** The images that the stack file itself would not take. */
function ownImages(stacksFolder: string, { engine, profile, stack }: Lab): Record<string, string> {
  if (engine !== 'docker') return {};
  const usual = defaultImages(stacksFolder, profile);
  return Object.fromEntries(Object.entries(stack.images).filter(([name, image]) => usual[name] !== image));
}

/**
 * What ai-lab.yaml leaves to defaults that are not as locked is written there, so that the lab that was just brought up
 * is the one that is asked for. What it says agrees already. Returns the keys.
 */
function rememberLocked(home: Home, facts: LockedFacts, images: Record<string, string>): string[] {
  const { values } = loadConfig(home.config);
  const { weights, services } = facts;
  const unknownModel = values.model_id === undefined && values.model_path === undefined;
  const model = weights.source === 'path' ? { model_path: weights.path } : { model_id: weights.id };
  const ports = { ...values.ports, ...unusualPorts(facts.ports) };
  const wanted: ConfigFile = {
    ...(unknownModel ? model : {}),
    ...(values.embeddings === undefined ? embeddingsKey(facts) : {}),
    ...unless(values.profile ?? CONFIG_DEFAULTS.profile, 'profile', facts.profile),
    ...unless(values.engine ?? CONFIG_DEFAULTS.engine, 'engine', facts.engine),
    ...unless(values.context_size ?? CONFIG_DEFAULTS.context_size, 'context_size', facts.flags.context_size),
    ...unless(values.ports ?? {}, 'ports', ports),
    ...(facts.engine === 'docker'
      ? {
          ...unless(
            values.services ?? CONFIG_DEFAULTS.services,
            'services',
            SERVICES.filter((name) => name in services),
          ),
          ...unless(values.images ?? {}, 'images', { ...values.images, ...images }),
        }
      : {}),
  };
  for (const [key, value] of Object.entries(wanted))
    setConfigKey(home.config, key as keyof ConfigFile, value as never);
  return Object.keys(wanted);
}

function embeddingsKey({ embeddings }: LockedFacts): ConfigFile {
  if (embeddings === null) return {};
  const { source, path, id } = embeddings;
  return { embeddings: source === 'path' ? { model_path: path } : { model_id: id } };
}

function unless(is: unknown, key: keyof ConfigFile, value: unknown): ConfigFile {
  return JSON.stringify(is) === JSON.stringify(value) ? {} : ({ [key]: value } as ConfigFile);
}

function unusualPorts(ports: Record<string, unknown>): Record<string, number> {
  const usual: Record<string, number> = DEFAULT_PORTS;
  return Object.fromEntries(
    Object.entries(ports).filter(
      (entry): entry is [string, number] =>
        typeof entry[1] === 'number' && entry[0] in usual && usual[entry[0]] !== entry[1],
    ),
  );
}
