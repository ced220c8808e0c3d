/** Can Docker give a container an NVIDIA device? Told from what the engine itself lists; nothing is run. */
import { LabError } from '../../lib/errors.ts';
import type { EngineInfo } from './engine-types.ts';

export interface GpuFinding {
  found: boolean;
  /** What was looked at and what was there, for the screen and for the error. */
  words: string;
}

const list = (names: readonly string[]): string =>
  names.length === 0 ? 'none' : names.toSorted().join(', ');

export function findGpu(info: EngineInfo): GpuFinding {
  const runtimes = Object.keys(info.Runtimes ?? {});
  const devices = (info.DiscoveredDevices ?? []).map(({ ID }) => ID);
  const found = runtimes.includes('nvidia') || devices.some((id) => id.startsWith('nvidia.com/gpu'));
  return {
    found,
    words: `Docker's runtimes are ${list(runtimes)} (looked for nvidia); its CDI devices are ${list(devices)} (looked for nvidia.com/gpu)`,
  };
}

export function gpuMissing({ words }: GpuFinding): LabError {
  return new LabError({
    code: 'gpu_runtime_missing',
    message: `The profile \`gpu\` needs the NVIDIA Container Toolkit, and Docker does not have it: ${words}.`,
    fix: 'Install the NVIDIA driver and nvidia-container-toolkit, run `sudo nvidia-ctk runtime configure --runtime=docker` and restart Docker; or use --profile default, which needs no GPU.',
    status: 409,
  });
}
