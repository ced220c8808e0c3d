/** The weights, loaded by node-llama-cpp as the configuration says. */
import { loadLibrary, type Library, type EmbeddingModel } from './llama.ts';
import { logLine } from './log-line.ts';
import type { WorkerConfig } from '../resources/embedded-runtime/request.ts';

export async function loadModel(
  config: WorkerConfig,
): Promise<{ model: EmbeddingModel; jinja: Library['jinja'] }> {
  const { llama, jinja } = await loadLibrary(config.prefix);
  // On Apple silicon the only build is Metal's; profile `default` then leaves every layer on the CPU.
  const gpu = process.platform === 'darwin' && process.arch === 'arm64' ? 'metal' : false;
  const instance = await llama.getLlama({
    gpu,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: 'warn',
    logger: (level, message) => logLine(level === 'error' || level === 'fatal' ? 'E' : 'W', message.trim()),
    maxThreads: config.threads,
  });
  const gpuLayers = config.profile === 'gpu' ? 'auto' : 0;
  return { model: await instance.loadModel({ modelPath: config.weightsPath, gpuLayers }), jinja };
}
