/** What would keep services from starting, found before the first container: GPU, ports, memory, disk. Changes nothing. */
import { statfs } from 'node:fs/promises';
import { LabError } from '../../lib/errors.ts';
import { isPortFree, nextFreePort, portHolder } from '../../lib/ports.ts';
import type { Profile } from '../../schemas/lab.ts';
import type { EngineApi } from './engine-api.ts';
import type { ContainerSummary, EngineInfo } from './engine-types.ts';
import { findGpu, gpuMissing } from './gpu.ts';
import { HASH_LABEL, MODEL, PROJECT_LABEL } from './layout.ts';
import { parseBytes, sizeWords } from './memory-size.ts';
import type { RenderedStack } from './rendered.ts';
import type { WeightsMount } from './weights-mount.ts';

export interface PreflightInput {
  engine: EngineApi;
  project: string;
  profile: Profile;
  stack: RenderedStack;
  /** Services to be created or recreated. */
  services: readonly string[];
  weights: WeightsMount;
  signal: AbortSignal;
  /** For tests. */
  ports?: PortLook;
  freeBytes?: (folder: string) => Promise<number | null>;
}

export interface PortLook {
  isFree(port: number): Promise<boolean>;
  holder(port: number): Promise<string | undefined>;
  nextFree(from: number): Promise<number | undefined>;
}

const thisMachine: PortLook = { isFree: isPortFree, holder: portHolder, nextFree: nextFreePort };

export async function preflight(input: PreflightInput): Promise<void> {
  const { engine, signal } = input;
  const [info, containers] = await Promise.all([engine.info(signal), engine.containers(null, signal)]);
  if (input.profile === 'gpu') {
    const gpu = findGpu(info);
    if (!gpu.found) throw gpuMissing(gpu);
  }
  if (input.services.includes(MODEL)) checkMemory(input, info);
  await checkPorts(input, containers);
  await checkDisk(input, info);
}

async function checkPorts(input: PreflightInput, containers: readonly ContainerSummary[]): Promise<void> {
  const look = input.ports ?? thisMachine;
  const isOurs = ({ Labels }: ContainerSummary) =>
    Labels?.[PROJECT_LABEL] === input.project && Labels[HASH_LABEL] !== undefined;
  for (const { service, port } of wantedPorts(input)) {
    const holders = containers.filter(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port));
    if (holders.some(isOurs)) continue;
    const [container] = holders;
    if (container === undefined && (await look.isFree(port))) continue;
    const who = container === undefined ? await look.holder(port) : containerWords(container);
    throw portTaken(service, port, who, await look.nextFree(port + 1));
  }
}

function wantedPorts({ stack, services }: PreflightInput): { service: string; port: number }[] {
  return services.flatMap((service) =>
    (stack.services[service]?.ports ?? []).flatMap(({ published }) => {
      const port = Number(published);
      return Number.isInteger(port) && port > 0 ? [{ service, port }] : [];
    }),
  );
}

function containerWords({ Names, Labels }: ContainerSummary): string {
  const name = (Names[0] ?? '').replace(/^\//, '');
  const project = Labels?.[PROJECT_LABEL];
  return project === undefined
    ? `the container ${name}`
    : `the container ${name} of the Compose project ${project}`;
}

function portTaken(
  service: string,
  port: number,
  holder: string | undefined,
  free: number | undefined,
): LabError {
  const who = holder ?? 'another program';
  return new LabError({
    code: 'port_in_use',
    message: `Port ${port}, where ${service} is to be published, is held by ${who}.`,
    fix:
      free === undefined
        ? `Stop ${who}, or set another port under \`ports:\` in ai-lab.yaml.`
        : `Set another port for ${service} under \`ports:\` in ai-lab.yaml (${free} is free), or stop ${who}.`,
    status: 409,
    details: { service, port, holder: holder ?? null, next_free: free ?? null },
  });
}

/** The limit may be set lower on purpose; what can't work is weights that Docker's memory can't hold. */
function checkMemory({ weights, stack }: PreflightInput, { MemTotal: total = 0 }: EngineInfo): void {
  const need = weights.bytes + 256 * 1024 ** 2;
  const limit = parseBytes(stack.services[MODEL]?.mem_limit ?? 0);
  if (total === 0 || need <= total) return;
  throw new LabError({
    code: 'memory_too_small',
    message: `The weights need ${sizeWords(need)} of memory, and Docker has ${sizeWords(total)}${limit === 0 ? '' : ` (the model's limit is ${sizeWords(limit)})`}.`,
    fix: 'Choose a smaller model or a smaller quantization; on Docker Desktop, give Docker more memory in its settings.',
    status: 409,
    details: { need, total },
  });
}

const GIB = 1024 ** 3;
/** Unpacked, rounded up: what the pinned images take. */
const IMAGE_BYTES: Record<string, number> = {
  model: 0.6 * GIB,
  weaviate: 0.5 * GIB,
  prometheus: 0.5 * GIB,
  grafana: 1.2 * GIB,
};
const CUDA_IMAGE_BYTES = 5 * GIB;

async function checkDisk(input: PreflightInput, info: EngineInfo): Promise<void> {
  const { engine, services, stack, signal } = input;
  const missing: string[] = [];
  for (const service of services) {
    const image = stack.services[service]?.image;
    if (image !== undefined && (await engine.image(image, signal)) === null) missing.push(service);
  }
  if (missing.length === 0) return;
  const need = missing.reduce(
    (sum, service) =>
      sum +
      (service === MODEL && input.profile === 'gpu' ? CUDA_IMAGE_BYTES : (IMAGE_BYTES[service] ?? 0.5 * GIB)),
    0,
  );
  const free = await (input.freeBytes ?? freeBytes)(info.DockerRootDir ?? '');
  if (free === null || free >= need) return;
  throw new LabError({
    code: 'disk_too_small',
    message: `The images of ${missing.join(', ')} need about ${sizeWords(need)}, and Docker's disk (${info.DockerRootDir}) has ${sizeWords(free)} free.`,
    fix: 'Free some space (`docker system df` tells what Docker holds), or leave services out with `services:` in ai-lab.yaml.',
    status: 507,
    details: { need, free },
  });
}

/** Null where Docker's disk is in a virtual machine, or not ours to look at. */
async function freeBytes(folder: string): Promise<number | null> {
  if (folder === '') return null;
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
