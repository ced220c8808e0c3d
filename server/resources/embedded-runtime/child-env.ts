/**
 * The environment a runtime gets: what a program needs to find its libraries and devices, nothing else. Tokens stay
 * out of it, and `LLAMA_ARG_*` of the user's shell can't change what we start.
 */
const NAMES = new Set([
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'SYSTEMDRIVE',
  'WINDIR',
  'COMSPEC',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'NUMBER_OF_PROCESSORS',
  'PROCESSOR_ARCHITECTURE',
  'XDG_RUNTIME_DIR',
]);
const PREFIXES = ['LC_', 'LD_', 'DYLD_', 'CUDA_', 'NVIDIA_', 'GGML_', 'HSA_', 'HIP_', 'ROCR_', 'VK_', 'OMP_'];

export function childEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept: NodeJS.ProcessEnv = { NODE_ENV: 'production' };
  for (const [name, value] of Object.entries(env)) {
    const upper = name.toUpperCase();
    if (value !== undefined && (NAMES.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix))))
      kept[name] = value;
  }
  return kept;
}
