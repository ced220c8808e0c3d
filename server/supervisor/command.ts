/** How each kind of model server is started. */
import type { StartRequest } from '../resources/embedded-runtime/request.ts';
import type { Role } from '../resources/embedded-runtime/slot.ts';
import { workerMark } from '../resources/embedded-runtime/request.ts';

export interface Command {
  file: string;
  args: string[];
  /** Our worker gets its configuration and key over IPC, and ends when that channel closes. */
  ipc: boolean;
}

export function commandFor(
  { home, role, facts, launch }: StartRequest,
  keyFile: string,
  nodePath: string,
): Command {
  if (launch.kind === 'node-llama-cpp')
    return { file: nodePath, args: [launch.workerEntry, workerMark({ role, root: home })], ipc: true };
  return { file: launch.path, args: llamaServerArgs(facts, role, keyFile), ipc: false };
}

const CHAT_OPTIONS: [string, string][] = [
  // A request that was given up is let go between batches; 2048 tokens, the default, are many seconds on a laptop.
  ['-b', '512'],
  ['-cram', '512'],
];

/** A text is embedded in one batch: a longer one is refused. */
function embeddingsOptions({ contextSize, pooling = 'last' }: StartRequest['facts']): [string, string][] {
  const batch = String(contextSize);
  return [
    ['-b', batch],
    ['-ub', batch],
    ['--pooling', pooling],
    ['-cram', '0'],
  ];
}

/** Flags of llama-server 0.7.0. `-cram` is 8 GB unless told; one slot, because the context is divided among slots. */
function llamaServerArgs(facts: StartRequest['facts'], role: Role, keyFile: string): string[] {
  const options: [string, string][] = [
    ['-m', facts.weightsPath],
    ['--alias', facts.modelName],
    ['--host', '127.0.0.1'],
    ['--port', String(facts.port)],
    ['--api-key-file', keyFile],
    ['--cors-origins', ''],
    ['-c', String(facts.contextSize)],
    ['-t', String(facts.threads)],
    ['-np', '1'],
    ...(role === 'embeddings' ? embeddingsOptions(facts) : CHAT_OPTIONS),
  ];
  // Profile `default` is the CPU, also where the build could use a device.
  if (facts.profile === 'default') options.push(['--device', 'none']);
  const mode = role === 'embeddings' ? ['--embeddings'] : [];
  return [...options.flat(), ...mode, '--metrics', '--no-webui', '--offline'];
}
