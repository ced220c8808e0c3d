/** Engines and profiles in words, and what a choice of them means. Decided from what the server has found. */
import type { LabChoices, LabOverview } from '../../_lib/wire.ts';

export type EngineOption = LabChoices['engines'][number];
export type ProfileOption = LabChoices['profiles'][number];
export type Need = EngineOption['needs'][number];
export type Engine = EngineOption['takes'];

export interface Choice {
  engine: EngineOption['id'];
  profile: ProfileOption['id'];
}

export const ENGINES: Record<EngineOption['id'], { title: string; words: string }> = {
  auto: { title: 'Automatic', words: 'Docker where it can be used, else without it.' },
  docker: { title: 'Docker', words: 'Model, Weaviate, Prometheus and Grafana, each in a container.' },
  embedded: { title: 'Embedded', words: 'The model alone, as a process on this machine. No Docker.' },
};

export const PROFILES: Record<ProfileOption['id'], { title: string; words: Record<Engine, string> }> = {
  default: {
    title: 'default',
    words: {
      docker: 'On the processor (CPU). Runs everywhere.',
      embedded: 'On the processor (CPU). Runs everywhere.',
    },
  },
  gpu: {
    title: 'gpu',
    words: {
      docker:
        'On an NVIDIA GPU: the CUDA build of the model server, in a container that is given the device.',
      embedded: 'On the GPU: the CUDA, Vulkan or Metal build of the model server.',
    },
  },
};

/** `Docker`, or for `auto` the one it comes to. */
export function engineTitle(engine: LabOverview['engine']): string {
  return ENGINES[engine].title;
}

/** The engine that a choice comes to. */
export function takenBy(choices: LabChoices, engine: EngineOption['id']): Engine {
  return choices.engines.find(({ id }) => id === engine)?.takes ?? 'embedded';
}

/** What a choice, or else the one in force, needs and does not have; empty when the lab can be started with it. */
export function lackOf(choices: LabChoices, choice?: Choice): Need[] {
  const { inForce } = choices;
  const { engine, profile } = choice ?? { engine: inForce.engineChoice, profile: inForce.profile };
  const engineNeeds = choices.engines.find(({ id }) => id === engine)?.needs ?? [];
  const taken = takenBy(choices, engine);
  const profileNeeds = choices.profiles.find(({ id }) => id === profile)?.on[taken].needs ?? [];
  return [...engineNeeds, ...profileNeeds].filter(({ there }) => there === false);
}

/** Who overrules the file, in words; null where the file counts. */
export function overruled(key: keyof Choice, { inForce }: LabChoices): string | null {
  const origin = key === 'engine' ? inForce.engineOrigin : inForce.profileOrigin;
  if (origin === 'environment')
    return `The environment variable \`AILAB_${key.toUpperCase()}\` decides; what ai-lab.yaml says does not count until it is gone.`;
  return origin === 'flag' ? `The flag \`--${key}\` of the running start decides.` : null;
}
