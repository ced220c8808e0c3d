/** What would keep the runtime from starting, found before anything is changed. */
import { LabError } from '../../lib/errors.ts';
import { isPortFree, nextFreePort, portHolder } from '../../lib/ports.ts';
import type { PlanPort } from '../../schemas/plan.ts';
import type { Role } from './slot.ts';

/** `ours`: the pids of this home's runtime, which gives the port back before a new one is started. */
export async function lookAtPort(
  port: number,
  ours: readonly number[],
): Promise<Pick<PlanPort, 'state' | 'holder'>> {
  if (await isPortFree(port)) return { state: 'free', holder: null };
  const holder = await portHolder(port);
  // Where the system doesn't name holders, a port taken while ours runs is taken by ours.
  const own = holder === undefined ? ours.length > 0 : ours.some((pid) => holder.endsWith(`(pid ${pid})`));
  return { state: own ? 'ours' : 'taken', holder: holder ?? null };
}

export async function checkPort(port: number, ours: readonly number[], role: Role = 'model'): Promise<void> {
  const { state, holder } = await lookAtPort(port, ours);
  if (state !== 'taken') return;
  const free = await nextFreePort(port + 1);
  const who = holder ?? 'another program';
  throw new LabError({
    code: 'port_in_use',
    message: `Port ${port}, where the ${role === 'model' ? 'model' : 'embeddings'} server is to listen, is held by ${who}.`,
    fix:
      free === undefined
        ? `Stop ${who}, or set another port in ai-lab.yaml: \`ports: { ${role}: N }\`.`
        : `Set \`ports: { ${role}: ${free} }\` in ai-lab.yaml (${free} is free), or stop ${who}.`,
    status: 409,
    details: { port, holder, next_free: free ?? null },
  });
}

export function weightsUnknown(role: Role = 'model'): LabError {
  if (role === 'embeddings') {
    return new LabError({
      code: 'weights_unknown',
      message:
        'The model named under `embeddings:` is not here, so there is nothing that the embeddings server could load.',
      fix: 'Bring it with `ailab-web pull`, correct `embeddings:` in ai-lab.yaml, or take it out.',
      status: 409,
    });
  }
  return new LabError({
    code: 'weights_unknown',
    message: 'No model is configured, so there is nothing that the model server could load.',
    fix: 'Run `ailab-web up --starter`, or set model_path in ai-lab.yaml.',
    status: 409,
  });
}

export function onePort(port: number): LabError {
  return new LabError({
    code: 'port_in_use',
    message: `Port ${port} is asked for twice: for the model server and for the embeddings server.`,
    fix: 'Give one of them another port in ai-lab.yaml: `ports: { model: N, embeddings: M }`.',
    status: 409,
  });
}
