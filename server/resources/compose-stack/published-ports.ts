/** The ports that services publish on this machine, and who has them now. */
import { isPortFree, nextFreePort, portHolder } from '../../lib/ports.ts';
import type { PlanPort } from '../../schemas/plan.ts';
import type { ContainerSummary } from './engine-types.ts';
import { HASH_LABEL, PROJECT_LABEL } from './layout.ts';
import type { RenderedStack } from './rendered.ts';

export interface PortLook {
  isFree(port: number): Promise<boolean>;
  holder(port: number): Promise<string | undefined>;
  nextFree(from: number): Promise<number | undefined>;
}

export const thisMachine: PortLook = { isFree: isPortFree, holder: portHolder, nextFree: nextFreePort };

export function publishedPorts(
  stack: RenderedStack,
  services: readonly string[],
): { service: string; port: number }[] {
  return services.flatMap((service) =>
    (stack.services[service]?.ports ?? []).flatMap(({ published }) => {
      const port = Number(published);
      return Number.isInteger(port) && port > 0 ? [{ service, port }] : [];
    }),
  );
}

/** `containers`: all of the engine's, whatever their project. */
export async function lookAtPort(
  port: number,
  project: string,
  containers: readonly ContainerSummary[],
  look: PortLook = thisMachine,
): Promise<Pick<PlanPort, 'state' | 'holder'>> {
  const isOurs = ({ Labels }: ContainerSummary) =>
    Labels?.[PROJECT_LABEL] === project && Labels[HASH_LABEL] !== undefined;
  const holders = containers.filter(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port));
  if (holders.some(isOurs)) return { state: 'ours', holder: null };
  const [container] = holders;
  if (container !== undefined) return { state: 'taken', holder: containerWords(container) };
  if (await look.isFree(port)) return { state: 'free', holder: null };
  return { state: 'taken', holder: (await look.holder(port)) ?? null };
}

function containerWords({ Names, Labels }: ContainerSummary): string {
  const name = (Names[0] ?? '').replace(/^\//, '');
  const project = Labels?.[PROJECT_LABEL];
  return project === undefined
    ? `the container ${name}`
    : `the container ${name} of the Compose project ${project}`;
}
