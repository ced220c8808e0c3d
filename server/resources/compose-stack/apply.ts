/** Brings services up: files → images → containers, in one call of Compose for all of them. */
import type { ApplyContext, Change } from '../../engine/resource.ts';
import { serviceOf } from './actual.ts';
import { composeUp } from './compose-cli.ts';
import type { EngineApi } from './engine-api.ts';
import { noteGrafanaPassword } from './grafana-password.ts';
import { composeCall, writeStack, type StackContext } from './prepare.ts';
import { probe } from './probe.ts';
import { pullImage } from './pull.ts';
import { registryLogin } from './registry-login.ts';
import type { RenderedStack } from './rendered.ts';

export interface UpParts {
  engine: EngineApi;
  context: StackContext;
  stack: RenderedStack;
}

export async function applyUp(
  { engine, context, stack }: UpParts,
  changes: readonly Change[],
  { signal, report }: ApplyContext,
): Promise<void> {
  const services = changes.map(({ item }) => item.name);
  const variables = writeStack(context);
  await pullMissing(engine, context.env, stack, services, { signal, report });
  signal.throwIfAborted();
  const newGrafana = services.includes(GRAFANA) && (await hasNoVolume(engine, stack, signal));
  report({ message: `Starting ${services.join(', ')}.` });
  try {
    await composeUp(composeCall(context, variables, signal), {
      services,
      recreate: changes.some(({ kind }) => kind === 'recreate'),
      onProgress: (message) => report({ message }),
    });
  } catch (error) {
    await removeNeverStarted(engine, context.home.project, services);
    throw error;
  }
  if (newGrafana) noteGrafanaPassword(context.home);
}

const GRAFANA = 'grafana';
const GRAFANA_VOLUME = 'grafana-data';

async function hasNoVolume(engine: EngineApi, stack: RenderedStack, signal: AbortSignal): Promise<boolean> {
  const name = stack.volumes?.[GRAFANA_VOLUME]?.name;
  return name !== undefined && !(await engine.volumes(stack.name, signal)).includes(name);
}

async function pullMissing(
  engine: EngineApi,
  env: NodeJS.ProcessEnv,
  stack: RenderedStack,
  services: readonly string[],
  { signal, report }: ApplyContext,
): Promise<void> {
  const images = new Set(services.flatMap((name) => stack.services[name]?.image ?? []));
  for (const image of images) {
    signal.throwIfAborted();
    if ((await engine.image(image, signal)) !== null) continue;
    const login = await registryLogin(image, env, signal);
    await pullImage(engine, image, { signal, report, login });
  }
}

const CLEAN_UP_MS = 15_000;

/** Nothing half-made: a container that was created and could not start is taken away again. */
async function removeNeverStarted(
  engine: EngineApi,
  project: string,
  services: readonly string[],
): Promise<void> {
  const signal = AbortSignal.timeout(CLEAN_UP_MS);
  try {
    for (const { container } of await probe(engine, project, null, signal)) {
      if (container.State.Status === 'created' && services.includes(serviceOf(container.Config.Labels) ?? ''))
        await engine.stopAndRemove(container.Id, signal);
    }
  } catch {
    // The failure itself is what counts; the next `up` finds what is left.
  }
}
