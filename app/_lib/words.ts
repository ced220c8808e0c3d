/** The same words for the same things on every page, each with its tone. */
import { HEALTH_WORDS, type Word } from '../../server/schemas/state-words.ts';
import type { Activity, ActivityStep, LedgerRow, StatusItem } from './wire.ts';

export const ACTIVITY_STATES: Record<Activity['state'], Word> = {
  running: { tone: 'busy', word: 'Running' },
  done: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'idle', word: 'Cancelled' },
  interrupted: { tone: 'warn', word: 'Interrupted' },
};

export const STEP_STATES: Record<ActivityStep['state'], Word> = {
  ...ACTIVITY_STATES,
  skipped: { tone: 'idle', word: 'Skipped' },
};

export const ACTIVITY_KINDS: Record<Activity['kind'], string> = {
  up: 'Start the lab',
  down: 'Stop the lab',
  pull: 'Download weights',
  import: 'Import a lock',
  hook: 'Run a hook',
};

export const OUTCOMES: Record<LedgerRow['outcome'], Word> = {
  ok: { tone: 'ok', word: 'Answered' },
  partial: { tone: 'warn', word: 'Broke off' },
  cancelled: { tone: 'idle', word: 'Stopped by the caller' },
  error: { tone: 'bad', word: 'Error' },
};

const STATES: Record<StatusItem['state'], Word> = {
  managed: { tone: 'ok', word: 'Managed' },
  missing: { tone: 'idle', word: 'Missing' },
  untracked: { tone: 'idle', word: 'Untracked' },
  degraded: { tone: 'warn', word: 'Degraded' },
};

/** State and health are two things: a sick managed item never looks fine. */
export function itemWord(item: Pick<StatusItem, 'state' | 'health' | 'error'>): Word {
  const state = STATES[item.state];
  if (item.health === undefined || (item.state === 'missing' && item.health === 'exited'))
    return item.error === undefined ? state : { tone: 'bad', word: state.word };
  const health = HEALTH_WORDS[item.health];
  return { tone: health.tone, word: `${state.word}, ${health.word.toLowerCase()}` };
}

const SERVICES: Record<string, string> = {
  model: 'Model',
  embeddings: 'Embeddings',
  supervisor: 'Supervisor',
  'embeddings-supervisor': 'Supervisor of embeddings',
  weaviate: 'Weaviate',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
};

export function serviceName(service: string): string {
  return SERVICES[service] ?? service;
}
