/** The model server: memory, GPU, weights. `provoked`: printed by that very program, made to fail on Debian. */
import type { Sample } from './samples.ts';

const LLAMA = 'provoked, llama-server 0.7.0';

export const MODEL_SAMPLES: readonly Sample[] = [
  {
    cause: 'kv_cache_too_large',
    service: 'model',
    lines: [
      '0.00.952.072 E ggml_aligned_malloc: insufficient memory (attempted to allocate 23040.00 MB)',
      '0.00.952.080 E ggml_backend_buft_alloc_buffer_n_default: failed to allocate CPU buffer of size 24159191040',
      '0.00.955.084 E llama_init_from_model: failed to initialize the context: failed to allocate buffer for kv cache',
      "0.00.965.011 E srv    load_model: failed to create_context with model '/tmp/xp/m.gguf'",
    ],
    from: `${LLAMA}, ulimit -v 800000, -c 1048576`,
  },
  {
    cause: 'kv_cache_too_large_gpu',
    service: 'model',
    lines: [
      '3.02.199.202 E ggml_backend_cuda_buffer_type_alloc_buffer: allocating 4480.00 MiB on device 3: cudaMalloc failed: out of memory',
      '3.02.199.205 E llama_kv_cache_init: failed to allocate buffer for kv cache',
      '3.02.199.208 E llama_init_from_model: llama_kv_cache_init() failed for self-attention cache',
    ],
    from: 'gpustack/gpustack#1269',
  },
  {
    cause: 'gpu_memory',
    service: 'model',
    lines: [
      '1.06.520.077 E ggml_backend_cuda_buffer_type_alloc_buffer: allocating 51748.72 MiB on device 1: cudaMalloc failed: out of memory',
      '1.06.520.084 E ggml_gallocr_reserve_n_impl: failed to allocate CUDA1 buffer of size 54262464512',
    ],
    from: 'ggml-org/llama.cpp#26297',
  },
  {
    cause: 'gpu_memory',
    service: 'model',
    lines: ['ggml_vulkan: vk::Device::allocateMemory: ErrorOutOfDeviceMemory'],
    from: 'ggml-org/llama.cpp#8492',
  },
  {
    cause: 'memory_host',
    service: 'model',
    lines: ['0.00.952.072 E ggml_aligned_malloc: insufficient memory (attempted to allocate 23040.00 MB)'],
    from: LLAMA,
  },
  {
    cause: 'memory_container',
    service: 'model',
    lines: ['out of memory: it needs more than its limit of 32 MiB; its weights alone take 100 MiB'],
    from: 'compose-stack/condition.ts, from OOMKilled of Docker',
  },
  {
    cause: 'memory_host',
    service: 'model',
    lines: [
      'killed by SIGKILL, probably out of memory: the kernel ended a process for lack of memory meanwhile',
    ],
    from: 'supervisor/exit-reason.ts, from the oom_kill counter of Linux',
  },
  {
    cause: 'memory_lock_limit',
    service: 'model',
    lines: [
      'warning: failed to mlock 501870592-byte buffer (after previously locking 0 bytes): Cannot allocate memory',
      "Try increasing RLIMIT_MEMLOCK ('ulimit -l' as root).",
    ],
    from: 'utilityai/llama-cpp-rs#663',
  },
  {
    cause: 'context_too_large',
    service: 'model',
    lines: [
      '0.00.879.529 W llama_context: n_ctx_seq (1048576) > n_ctx_train (8192) -- possible training context overflow',
      "0.00.965.011 E srv    load_model: failed to create_context with model '/tmp/xp/m.gguf'",
    ],
    from: LLAMA,
  },
  {
    cause: 'gpu_driver_mismatch',
    service: null,
    lines: [
      'nvidia-container-cli: initialization error: nvml error: driver/library version mismatch: unknown.',
    ],
    from: 'NVIDIA/nvidia-container-toolkit#394',
  },
  {
    cause: 'gpu_toolkit',
    service: null,
    lines: ['nvidia-container-cli: initialization error: nvml error: driver not loaded: unknown'],
    from: 'NVIDIA/nvidia-docker#1393',
  },
  {
    cause: 'gpu_toolkit',
    service: null,
    lines: ['could not select device driver "nvidia" with capabilities: [[gpu]]'],
    from: 'moby/moby, daemon/devices.go',
  },
  {
    cause: 'gpu_driver_too_old',
    service: 'model',
    lines: [
      'ggml_cuda_init: failed to initialize CUDA: CUDA driver version is insufficient for CUDA runtime version',
    ],
    from: 'ollama/ollama#7666',
  },
  {
    cause: 'gpu_lost',
    service: 'model',
    lines: [
      'CUDA error: unspecified launch failure',
      '  current device: 0, in function ggml_backend_cuda_synchronize at llama/ggml-cuda/ggml-cuda.cu:2317',
    ],
    from: 'ollama/ollama#9247',
  },
  {
    cause: 'gpu_lost',
    service: 'model',
    lines: ['llama_model_load: error loading model: vk::Queue::submit: ErrorDeviceLost'],
    from: 'ggml-org/llama.cpp#18962',
  },
  {
    cause: 'gpu_busy',
    service: 'model',
    lines: ['CUDA error: CUDA-capable device(s) is/are busy or unavailable'],
    from: 'ggml-org/llama.cpp#11841',
  },
  {
    cause: 'gpu_missing',
    service: 'model',
    lines: ['error while handling argument "--device": invalid device: CUDA0'],
    from: LLAMA,
  },
  {
    cause: 'gpu_missing',
    service: 'model',
    lines: ['ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected'],
    from: 'janhq/cortex.cpp#1470',
  },
  {
    cause: 'weights_truncated',
    service: 'model',
    lines: [
      "0.00.136.735 E llama_model_load: error loading model: tensor 'blk.11.ffn_up.weight' data is not within the file bounds, model is corrupted or incomplete",
    ],
    from: LLAMA,
  },
  {
    cause: 'weights_truncated',
    service: 'model',
    lines: ['0.00.124.067 E gguf_init_from_reader: failed to read key-value pairs'],
    from: `${LLAMA}, the first 5,000 bytes of a model`,
  },
  {
    cause: 'weights_no_gguf',
    service: 'model',
    lines: ["0.00.037.566 E gguf_init_from_reader: invalid magic characters: 'hell', expected 'GGUF'"],
    from: LLAMA,
  },
  {
    cause: 'architecture_unknown',
    service: 'model',
    lines: [
      "llama_model_load: error loading model: error loading model architecture: unknown model architecture: 'gemma4'",
    ],
    from: 'ollama/ollama#15546',
  },
  {
    cause: 'quantization_unknown',
    service: 'model',
    lines: [
      "gguf_init_from_file_impl: tensor 'blk.25.ffn_down.weight' has invalid ggml type 42 (NONE)",
      'gguf_init_from_file_impl: failed to read tensor info',
    ],
    from: 'ggml-org/llama.cpp#11975',
  },
  {
    cause: 'weights_incomplete_model',
    service: 'model',
    lines: [
      "llama_model_load: error loading model: create_tensor: tensor 'blk.0.ffn_gate.0.weight' not found",
    ],
    from: 'ggml-org/llama.cpp#6665',
  },
  {
    cause: 'chat_template',
    service: 'model',
    lines: [
      '0.00.019.786 E common_chat_templates_init: failed to initialize chat template',
      '0.00.019.786 E error: the supplied chat template is not supported: {% if %}{{ foo',
    ],
    from: `${LLAMA}, a template with {% if %}`,
  },
  {
    cause: 'weights_permission',
    service: 'model',
    lines: [
      "0.00.084.647 E gguf_init_from_file: failed to open GGUF file '/tmp/xp/m.gguf' (Permission denied)",
    ],
    from: LLAMA,
  },
  {
    cause: 'weights_gone',
    service: 'model',
    lines: [
      "0.00.048.296 E gguf_init_from_file: failed to open GGUF file '/tmp/xp/none.gguf' (No such file or directory)",
    ],
    from: LLAMA,
  },
];
