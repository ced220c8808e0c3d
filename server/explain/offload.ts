/**
 * How many layers of the model the GPU really computes, from the words of llama.cpp's loader. `offloaded N/M` alone is
 * no proof: it is printed as asked, also where CUDA could not be started (llama-model.cpp, load_tensors).
 */

export interface Offload {
  /** Layers on a GPU; 0 where no device was found. */
  layers: number;
  /** All of them, the output layer counted; null where the log does not say. */
  of: number | null;
  /** The line that tells it. */
  line: string;
}

const NO_DEVICE =
  /no usable GPU found|failed to initialize CUDA: |no CUDA devices found|no CUDA-capable device is detected|ggml_vulkan: No devices found/;
const OFFLOADED = /offloaded (\d{1,5})\/(\d{1,5}) layers to GPU/;
const DEVICE_BUFFER = /(?:CUDA|Vulkan|ROCm|SYCL|Metal|MTL|MUSA)\d{0,3}(?:_Split)? model buffer size/;
const CPU_BUFFER = /CPU(?:_\w{1,20})? model buffer size/;

/** Null when the log says nothing about it (yet). Of several starts in one log the last counts. */
export function readOffload(lines: readonly string[]): Offload | null {
  let found: Offload | null = null;
  let lacking: string | null = null;
  let onDevice = false;
  let onCpu: string | null = null;
  for (const line of lines) {
    if (NO_DEVICE.test(line)) lacking ??= line.trim();
    const [, layers, of] = OFFLOADED.exec(line) ?? [];
    if (layers !== undefined) {
      found = { layers: Number(layers), of: Number(of), line: line.trim() };
      [onDevice, onCpu] = [false, null];
    }
    if (DEVICE_BUFFER.test(line)) onDevice = true;
    else if (CPU_BUFFER.test(line)) onCpu = line.trim();
  }
  if (lacking !== null && !onDevice) return { layers: 0, of: found?.of ?? null, line: lacking };
  // Weights that lie in the machine's memory alone are computed there, whatever was asked.
  if (found !== null && found.layers > 0 && !onDevice && onCpu !== null)
    return { ...found, layers: 0, line: onCpu };
  return found;
}
