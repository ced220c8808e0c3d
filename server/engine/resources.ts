/** The resources of a lab, in the order in which they must be there. Part of the composition root. */
import type { Home } from '../lib/home.ts';
import { createEmbeddedRuntime } from '../resources/embedded-runtime/resource.ts';
import { createModelWeights } from '../resources/model-weights/resource.ts';
import { createPackageTools } from '../resources/package-tools/resource.ts';
import type { Lab } from '../schemas/lab.ts';
import type { Resource } from './resource.ts';

/** Where the parts of the product lie, in a clone's build or in the installed package. */
export interface Program {
  migrations: string;
  supervisorEntry: string;
  workerEntry: string;
  nextFolder: string;
  nodePath: string;
}

export interface ResourceOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  lab: Lab;
  /** May the starter weights be fetched? Only when the user said so. */
  starter: boolean;
}

export function createResources({ home, env, program, lab, starter }: ResourceOptions): Resource[] {
  const { supervisorEntry, workerEntry, nodePath } = program;
  return [
    createModelWeights({ home, env, lab, allowStarterFetch: starter }),
    createPackageTools({ home, env, lab }),
    createEmbeddedRuntime({ home, env, supervisorEntry, workerEntry, nodePath }),
  ];
}
