/** The page's words; the same as the dashboard's. */
import type { ShareView } from '../schemas/share-view.ts';
import { HEALTH_WORDS, type Word } from '../schemas/state-words.ts';

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
