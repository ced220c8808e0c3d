/** A healthy runtime's record, for tests. */
import type { RuntimeRecord } from '../resources/embedded-runtime/record.ts';

export function sampleRecord(change: Partial<RuntimeRecord> = {}): RuntimeRecord {
  return {
    format: 1,
    runtime: 'llama-server',
    version: '0.7.0',
    weightsPath: '/w/model.gguf',
    modelName: 'org/model',
    contextSize: 4096,
    threads: 2,
    profile: 'default',
    port: 18080,
    supervisor: { pid: 100, started: 'boot:1' },
    child: { pid: 101, started: 'boot:2' },
    state: 'healthy',
    since: 1000,
    startedAt: 900,
    apiKey: 'key',
    restarts: 0,
    lastExit: null,
    restartAt: null,
    ...change,
  };
}
