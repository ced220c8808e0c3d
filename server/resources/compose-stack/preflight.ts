/** What would keep services from starting, found before the first container: GPU, ports, memory, disk. Changes nothing. */
import { statfs } from 'node:fs/promises';
import { LabError } from '../../lib/errors.ts';
import { EMBEDDINGS_SERVICE, type Profile } from '../../schemas/lab.ts';
import type { EngineApi } from './engine-api.ts';
import type { ContainerSummary, EngineInfo } from './engine-types.ts';
import { findGpu, gpuMissing } from './gpu.ts';
import { MODEL } from './layout.ts';
import { parseBytes, sizeWords } from './memory-size.ts';
import { missingImages, unpackedBytes } from './missing-images.ts';
import { lookAtPort, publishedPorts, thisMachine, type PortLook } from './published-ports.ts';
import type { RenderedStack } from './rendered.ts';
import type { WeightsMount } from './weights-mount.ts';

export interface PreflightInput {
  engine: EngineApi;
  project: string;
  profile: Profile;
  stack: RenderedStack;
  /** Services to be created or recreated. */
  services: readonly string[];
  /** Null when they are yet to come. */
  weights: WeightsMount | null;
  /** Of the embeddings server. */
  embeddings?: WeightsMount | null;
  signal: AbortSignal;
  /** For tests. */
  ports?: PortLook;
  freeBytes?: (folder: string) => Promise<number | null>;
}

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
  for (const wanted of publishedPorts(input.stack, input.services)) {
    const { state, holder } = await lookAtPort(wanted.port, input.project, containers, look);
    if (state === 'taken')
      throw portTaken(wanted.service, wanted.port, holder, await look.nextFree(wanted.port + 1));
  }
}

function portTaken(service: string, port: number, holder: string | null, free: number | undefined): LabError {
  const who = holder ?? 'another program';
  return new LabError({
    code: 'port_in_use',
    message: `Port ${port}, where ${service} is to be published, is held by ${who}.`,
    fix:
      free === undefined
        ? `Stop ${who}, or set another port under \`ports:\` in ai-lab.yaml.`
        : `Set another port for ${service} under \`ports:\` in ai-lab.yaml (${free} is free), or stop ${who}.`,
    status: 409,
    details: { service, port, holder, next_free: free ?? null },
  });
}

/** The limit may be set lower on purpose; what can't work is weights that Docker's memory can't hold. */
function checkMemory(
  { weights, embeddings, services, stack }: PreflightInput,
  { MemTotal: total = 0 }: EngineInfo,
): void {
  if (weights === null) return;
  const second = services.includes(EMBEDDINGS_SERVICE) ? (embeddings?.bytes ?? 0) : 0;
  const need = weights.bytes + second + 256 * 1024 ** 2;
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

async function checkDisk(input: PreflightInput, info: EngineInfo): Promise<void> {
  const { engine, services, stack, signal } = input;
  const missing = (await missingImages(engine, stack, services, signal)).flatMap((one) => one.services);
  if (missing.length === 0) return;
  const need = missing.reduce((sum, service) => sum + unpackedBytes(service, input.profile), 0);
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
