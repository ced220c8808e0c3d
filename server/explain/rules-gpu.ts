/** A GPU that is not there, not usable, or lost. Words of CUDA, of the NVIDIA Container Toolkit and of Vulkan. */
import { onTheCpu } from './repairs.ts';
import type { Rule } from './rule.ts';

export const GPU_RULES: readonly Rule[] = [
  {
    cause: 'gpu_driver_mismatch',
    pattern: /[Dd]river\/library version mismatch/,
    tell: (_match, lab) => ({
      sentence:
        'The NVIDIA driver in the kernel and its libraries are of two versions, as after an update without a restart.',
      fix: 'Restart this machine, then start the lab again.',
      repair: onTheCpu(lab),
    }),
  },
  {
    cause: 'gpu_toolkit',
    pattern:
      /could not select device driver|nvidia-container-cli: |libnvidia-ml\.so\.1: cannot open shared object|unknown or invalid runtime name: nvidia|unresolvable CDI devices/,
    tell: (_match, lab) => ({
      sentence:
        'Docker could not hand a GPU to the container: the driver or the NVIDIA Container Toolkit is missing or does not work.',
      fix: 'Check that `nvidia-smi` works on this machine, install nvidia-container-toolkit, run `sudo nvidia-ctk runtime configure --runtime=docker` and restart Docker.',
      repair: onTheCpu(lab),
    }),
  },
  {
    cause: 'gpu_lost',
    pattern:
      /GPU has fallen off the bus|Unable to determine the device handle|CUDA error: (?:unspecified launch failure|an illegal memory access was encountered|device-side assert|the launch timed out)|ErrorDeviceLost|vk::DeviceLostError|ggml_vulkan: device lost/,
    tell: (_match, lab) => ({
      sentence: 'The GPU was lost while it computed: its driver gave up on it.',
      fix: 'Look at `nvidia-smi` (and `sudo dmesg` for lines with Xid): where the card does not answer, restart this machine; if it comes back, check its heat and power.',
      repair: onTheCpu(lab),
    }),
  },
  {
    cause: 'gpu_busy',
    pattern: /CUDA-capable device\(s\) is\/are busy or unavailable/,
    tell: (_match, lab) => ({
      sentence: 'Another program holds the GPU for itself.',
      fix: 'Close that program (`nvidia-smi` lists it), or set the card to shared with `sudo nvidia-smi -c 0`.',
      repair: onTheCpu(lab),
    }),
  },
];

/** After these the model server goes on without a GPU: what ended it may be something else, which counts first. */
export const GPU_START_RULES: readonly Rule[] = [
  {
    cause: 'gpu_driver_too_old',
    pattern:
      /CUDA driver version is insufficient for CUDA runtime version|no kernel image is available for execution on the device/,
    tell: (_match, lab) => ({
      sentence:
        'The NVIDIA driver (or the card) is too old for the CUDA that this model server was built with.',
      fix: 'Update the NVIDIA driver, or name an image for an older CUDA under `images:` in ai-lab.yaml.',
      repair: onTheCpu(lab),
    }),
  },
  {
    cause: 'gpu_missing',
    pattern:
      /no CUDA-capable device is detected|no CUDA devices found|invalid device: (?:CUDA|Vulkan|ROCm)\d|failed to initialize CUDA: /,
    tell: (_match, lab) => ({
      sentence: 'The model server was to use a GPU and found none.',
      fix: 'Check that `nvidia-smi` works here and that the container may see the device; or use the profile default, which needs no GPU.',
      repair: onTheCpu(lab),
    }),
  },
];
