/** What would keep the runtime from starting, found before anything is changed. */
import { LabError } from '../../lib/errors.ts';
import { isPortFree, nextFreePort, portHolder } from '../../lib/ports.ts';
import type { PlanPort } from '../../schemas/plan.ts';

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

export async function checkPort(port: number, ours: readonly number[]): Promise<void> {
  const { state, holder } = await lookAtPort(port, ours);
  if (state !== 'taken') return;
  const free = await nextFreePort(port + 1);
  const who = holder ?? 'another program';
  throw new LabError({
    code: 'port_in_use',
    message: `Port ${port}, where the model server is to listen, is held by ${who}.`,
    fix:
      free === undefined
        ? `Stop ${who}, or set another port in ai-lab.yaml: \`ports: { model: N }\`.`
        : `Set \`ports: { model: ${free} }\` in ai-lab.yaml (${free} is free), or stop ${who}.`,
    status: 409,
    details: { port, holder, next_free: free ?? null },
  });
}

export function weightsUnknown(): LabError {
  return new LabError({
    code: 'weights_unknown',
    message: 'No model is configured, so there is nothing that the model server could load.',
    fix: 'Run `ailab-web up --starter`, or set model_path in ai-lab.yaml.',
    status: 409,
  });
}
