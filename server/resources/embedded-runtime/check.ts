/** What would keep the runtime from starting, found before anything is changed. */
import { LabError } from '../../lib/errors.ts';
import { isPortFree, nextFreePort, portHolder } from '../../lib/ports.ts';

/** `ours`: the pids of this home's runtime, which gives the port back before a new one is started. */
export async function checkPort(port: number, ours: readonly number[]): Promise<void> {
  if (await isPortFree(port)) return;
  const holder = await portHolder(port);
  if (ours.some((pid) => holder?.endsWith(`(pid ${pid})`))) return;
  // Where the system doesn't name holders, a port taken while ours runs is taken by ours.
  if (holder === undefined && ours.length > 0) return;
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
    details: { port, holder: holder ?? null, next_free: free ?? null },
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
