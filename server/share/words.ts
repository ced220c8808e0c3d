/** The page's words; the same as the dashboard's. */
import type { ShareView } from '../schemas/share-view.ts';

export type Tone = 'ok' | 'busy' | 'bad' | 'warn' | 'idle';

export interface Word {
  tone: Tone;
  word: string;
}

export const PHASE_WORDS: Record<ShareView['phase'], Word> = {
  stopped: { tone: 'idle', word: 'Stopped' },
  starting: { tone: 'busy', word: 'Starting' },
  running: { tone: 'ok', word: 'Running' },
  stopping: { tone: 'busy', word: 'Stopping' },
  trouble: { tone: 'bad', word: 'In trouble' },
};

const HEALTH_WORDS: Record<NonNullable<ShareView['services'][number]['health']>, Word> = {
  healthy: { tone: 'ok', word: 'Healthy' },
  starting: { tone: 'busy', word: 'Starting' },
  unhealthy: { tone: 'bad', word: 'Unhealthy' },
  exited: { tone: 'bad', word: 'Exited' },
  unknown: { tone: 'warn', word: 'Unknown' },
};

export function serviceWord({ state, health }: ShareView['services'][number]): Word {
  if (state === 'missing') return { tone: 'idle', word: 'Not running' };
  return health === null ? { tone: 'warn', word: 'Unknown' } : HEALTH_WORDS[health];
}

export const SERVICE_NAMES: Record<ShareView['services'][number]['name'], string> = {
  model: 'Model',
  weaviate: 'Weaviate',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
};

/** What the phase means to a visitor. */
export const PHASE_LEADS: Record<ShareView['phase'], string> = {
  stopped: 'The lab is stopped: no model answers.',
  starting: 'The lab is starting.',
  running: 'The model answers.',
  stopping: 'The lab is stopping.',
  trouble: 'The model does not answer as it should.',
};
