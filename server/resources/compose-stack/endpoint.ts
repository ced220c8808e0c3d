/** The model server in its container as the gateway needs it, and why it will not come up. */
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import type { Health } from '../../schemas/lab.ts';
import { bestContainer, serviceOf, startedAt } from './actual.ts';
import { conditionOf } from './condition.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import type { ContainerDetails } from './engine-types.ts';
import { MODEL } from './layout.ts';
import { readSecrets } from './secrets.ts';
import { detailsOf } from './unchanged.ts';

export interface StackEndpoint {
  /** E.g. `http://127.0.0.1:18080`. */
  baseUrl: string;
  apiKey: string;
  modelName: string;
  health: Health;
  /** Epoch milliseconds. */
  startedAt: number | null;
}

/** One look. Null when the model's container is not there or has ended. */
export async function readStackEndpoint(
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<StackEndpoint | null> {
  const containers = await projectContainers(await connectEngine(env, signal), home.project, signal);
  return endpointOf(home, bestContainer(containers, MODEL));
}

/** Of the stack's services; strangers with our label are none of them. */
export async function projectContainers(
  engine: EngineApi,
  project: string,
  signal: AbortSignal,
): Promise<ContainerDetails[]> {
  const list = await engine.containers(project, signal);
  const containers = await detailsOf(engine, project, list, signal);
  return containers.filter(({ Config }) => serviceOf(Config.Labels) !== null);
}

export function endpointOf(home: Home, container: ContainerDetails | null): StackEndpoint | null {
  if (container === null) return null;
  const { health } = conditionOf(container);
  const port = container.HostConfig.PortBindings?.['8080/tcp']?.[0]?.HostPort;
  const secrets = readSecrets(home);
  if (health === 'exited' || port === undefined || secrets === null) return null;
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    apiKey: secrets.modelKey,
    modelName: flagOf(container, '--alias') ?? 'default',
    health,
    startedAt: startedAt(container),
  };
}

function flagOf({ Config: { Cmd: words } }: ContainerDetails, flag: string): string | undefined {
  const at = words?.indexOf(flag) ?? -1;
  return at < 0 ? undefined : words?.[at + 1];
}

/** So many starts without staying up are no bad luck any more. */
const GIVEN_UP_AFTER = 2;

/** Why the model will not come up by itself, as an error to throw; null while it runs, may come up, or isn't there. */
export function failureOf(container: ContainerDetails | null, service: string = MODEL): LabError | null {
  const failed = (code: string, error: string | null, fix: string) => notRunning(service, code, error, fix);
  if (container === null) return null;
  const { health, error, outOfMemory } = conditionOf(container);
  if (container.State.Status === 'paused')
    return failed('paused', error, 'Run `docker unpause`, or `ailab-web down` and `ailab-web up`.');
  if (health !== 'exited') return null;
  if (outOfMemory)
    return failed(
      'out_of_memory',
      error,
      `Choose a smaller model or a smaller context_size, or raise AILAB_MEMORY_${service.toUpperCase()} (for example 4g); then run \`ailab-web up\`.`,
    );
  const again = container.State.Status === 'restarting' && container.RestartCount < GIVEN_UP_AFTER;
  return again
    ? null
    : failed('exited', error, `Look at \`ailab-web logs ${service}\`, then run \`ailab-web up\`.`);
}

function notRunning(service: string, code: string, error: string | null, fix: string): LabError {
  return new LabError({
    code: `${service}_${code}`,
    message: `The ${service} server is not running. ${error ?? 'It ended.'}`,
    fix,
    status: 503,
  });
}
