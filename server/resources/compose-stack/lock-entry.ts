/** What the lock says of the stack: settings, the stack files' bytes, and each service's image by digest. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { LockContext } from '../../engine/resource.ts';
import { EMBEDDINGS_SERVICE, type Lab, type Profile } from '../../schemas/lab.ts';
import { STACK_ENTRY, type LockEntry } from '../../schemas/lock.ts';
import { bestContainer } from './actual.ts';
import { stackPaths } from './compose-cli.ts';
import type { EngineApi } from './engine-api.ts';
import { templatePaths } from './files.ts';
import { imageIdentity } from './image-identity.ts';
import { MODEL } from './layout.ts';
import { probe } from './probe.ts';
import type { RenderedStack } from './rendered.ts';

export interface StackParts {
  engine: EngineApi;
  stack: RenderedStack;
  stacksFolder: string;
  services: readonly string[];
}

export async function stackEntry(
  lab: Lab,
  parts: StackParts,
  { signal, of }: Pick<LockContext, 'signal' | 'of'>,
): Promise<LockEntry> {
  const { stack, stacksFolder, services } = parts;
  const found = of === 'running' ? await probe(parts.engine, stack.name, stack, signal) : [];
  const containers = found.map(({ container }) => container);
  const images = await Promise.all(
    services.map(async (service) => {
      const image = stack.services[service]?.image ?? '';
      const best = bestContainer(containers, service);
      const own = found.find(({ container }) => container === best)?.image;
      const details = own ?? (await parts.engine.image(image, signal));
      return [service, { image, ...imageIdentity(image, details) }] as const;
    }),
  );
  const commandOf = (service: string) =>
    bestContainer(containers, service)?.Config.Cmd ?? stack.services[service]?.command ?? [];
  return {
    ...STACK_ENTRY,
    state: 'managed',
    metadata: {
      profile: lab.profile,
      engine: 'docker',
      runtime: 'llama.cpp',
      flags: { ...modelFlags(commandOf(MODEL)), ...embeddingsFlags(lab, commandOf(EMBEDDINGS_SERVICE)) },
      stack_sha256: stackSha256(stacksFolder, lab.profile),
      services: Object.fromEntries(images),
      ports: portsOf(lab, services),
    },
  };
}

/** Differ from lab to lab, or name what lies elsewhere in the lock. */
const NOT_FLAGS = new Set(['model', 'alias', 'api_key_file', 'cors_origins', 'embeddings']);
const NAMES: Readonly<Record<string, string>> = { ctx_size: 'context_size' };

/** `--ctx-size 4096 --metrics` → `{context_size: 4096, metrics: true}`. */
export function modelFlags(command: readonly string[]): Record<string, string | number | boolean> {
  const flags: Record<string, string | number | boolean> = {};
  for (const [at, word] of command.entries()) {
    if (!word.startsWith('--')) continue;
    const plain = word.slice(2).replaceAll('-', '_');
    const next = command[at + 1];
    const value = next === undefined || next.startsWith('--') ? true : next;
    if (!NOT_FLAGS.has(plain))
      flags[NAMES[plain] ?? plain] = /^\d+$/.test(String(value)) ? Number(value) : value;
  }
  return flags;
}

/** The second server's flags, named after it; none where the lab asks for none. */
function embeddingsFlags({ embeddings }: Lab, command: readonly string[]): Record<string, unknown> {
  if (embeddings === undefined) return {};
  const flags = Object.entries(modelFlags(command)).map(([name, value]) => [`embeddings_${name}`, value]);
  return { embeddings: embeddings.modelName, ...Object.fromEntries(flags) };
}

/** Over the stack files of the profile and what is mounted from beside them, in the order of their names. */
function stackSha256(stacksFolder: string, profile: Profile): string {
  const hash = createHash('sha256');
  for (const path of [...stackPaths(stacksFolder, profile), ...templatePaths(stacksFolder)]) {
    const name = relative(stacksFolder, path).replaceAll('\\', '/');
    hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex');
}

function portsOf({ stack, embeddings }: Lab, services: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries({ ...stack.ports, embeddings: embeddings?.port ?? 0 }).filter(([name]) =>
      services.some((service) => name === service || name.startsWith(`${service}_`)),
    ),
  );
}
