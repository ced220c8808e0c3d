/** A state in words, each with its tone: the same on every page and on a share's. Without zod: the frame loads this first. */
import type { StatusItem } from './lab.ts';
import type { LabOverview } from './overview.ts';

/** ok ●, busy ◐, warn ▲, bad ◆, idle ○ */
export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'idle';

export interface Word {
  tone: Tone;
  word: string;
}

export const PHASE_WORDS: Record<LabOverview['phase'], Word> = {
  stopped: { tone: 'idle', word: 'Stopped' },
  starting: { tone: 'busy', word: 'Starting' },
  running: { tone: 'ok', word: 'Running' },
  stopping: { tone: 'busy', word: 'Stopping' },
  trouble: { tone: 'bad', word: 'In trouble' },
};

export const HEALTH_WORDS: Record<NonNullable<StatusItem['health']>, Word> = {
  healthy: { tone: 'ok', word: 'Healthy' },
  starting: { tone: 'busy', word: 'Starting' },
  unhealthy: { tone: 'bad', word: 'Unhealthy' },
  exited: { tone: 'bad', word: 'Exited' },
  unknown: { tone: 'warn', word: 'Unknown' },
};
