import { describe, expect, it } from 'vitest';
import type { LabChoices } from '../../_lib/wire.ts';
import { lackOf, overruled, takenBy, type Need } from './choice-words.ts';

const need = (what: string, there: boolean | null): Need => ({
  what,
  there,
  found: '',
  code: null,
  fix: null,
});
const of = (...needs: Need[]) => ({ available: needs.every(({ there }) => there === true), needs });
const docker = [need('Docker', true), need('Compose', false)];

const choices: LabChoices = {
  engines: [
    { id: 'auto', takes: 'docker', ...of(...docker) },
    { id: 'docker', takes: 'docker', ...of(...docker) },
    { id: 'embedded', takes: 'embedded', ...of(need('node-llama-cpp', true)) },
  ],
  profiles: [
    { id: 'default', on: { docker: of(), embedded: of() } },
    { id: 'gpu', on: { docker: of(need('NVIDIA', false)), embedded: of(need('CUDA', null)) } },
  ],
  inForce: {
    engine: 'docker',
    engineChoice: 'auto',
    engineOrigin: 'default',
    engineReason: '',
    profile: 'gpu',
    profileOrigin: 'environment',
  },
};
const names = (needs: readonly Need[]) => needs.map(({ what }) => what);

describe('a choice', () => {
  it('lacks what its engine and its profile there need and do not have', () => {
    expect(names(lackOf(choices))).toEqual(['Compose', 'NVIDIA']);
    expect(names(lackOf(choices, { engine: 'docker', profile: 'default' }))).toEqual(['Compose']);
    // What was not looked for is no finding.
    expect(lackOf(choices, { engine: 'embedded', profile: 'gpu' })).toEqual([]);
    expect(takenBy(choices, 'auto')).toBe('docker');
  });

  it('does not count where something else than the file decides, and says what', () => {
    expect(overruled('profile', choices)).toContain('AILAB_PROFILE');
    expect(overruled('engine', choices)).toBeNull();
  });
});
