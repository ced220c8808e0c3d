/** What can be chosen for the lab, what each choice needs, and whether that is there. */
import * as z from 'zod';
import { ORIGINS } from './config.ts';
import { ENGINE_CHOICES, ENGINES, PROFILES } from './lab.ts';

export const choiceNeed = z.object({
  /** E.g. `Docker Compose 2.20 or newer`. */
  what: z.string(),
  /** Null: not looked for, because what it rests on is not there. */
  there: z.boolean().nullable(),
  /** What was looked for and found, in a sentence. */
  found: z.string(),
  /** Machine name of the trouble, e.g. `docker_permission`; null without one. */
  code: z.string().nullable(),
  /** The exact next step; null when it is there. */
  fix: z.string().nullable(),
});
export type ChoiceNeed = z.infer<typeof choiceNeed>;

const availability = z.object({
  /** All that it needs is there. */
  available: z.boolean(),
  needs: z.array(choiceNeed),
});
export type Availability = z.infer<typeof availability>;

export const engineOption = availability.extend({
  id: z.enum(ENGINE_CHOICES),
  /** The engine it comes to: for `auto` the one it would take now. */
  takes: z.enum(ENGINES),
});

export const profileOption = z.object({
  id: z.enum(PROFILES),
  /** What the profile needs on each engine, beyond what the engine itself needs. */
  on: z.object({ docker: availability, embedded: availability }),
});

export const labChoices = z.object({
  engines: z.array(engineOption),
  profiles: z.array(profileOption),
  /** What holds now, and who said so. */
  inForce: z.object({
    engine: z.enum(ENGINES),
    engineChoice: z.enum(ENGINE_CHOICES),
    engineOrigin: z.enum(ORIGINS),
    /** Why this engine, in words. */
    engineReason: z.string(),
    profile: z.enum(PROFILES),
    profileOrigin: z.enum(ORIGINS),
  }),
});
export type LabChoices = z.infer<typeof labChoices>;
