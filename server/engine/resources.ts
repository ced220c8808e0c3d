/** The resources of a lab, in the order in which they must be there. Part of the composition root. */
import type { Home } from '../lib/home.ts';
import type { EngineApi } from '../resources/compose-stack/engine-api.ts';
import { createComposeStack } from '../resources/compose-stack/resource.ts';
import { createEmbeddedRuntime } from '../resources/embedded-runtime/resource.ts';
import { createModelWeights } from '../resources/model-weights/resource.ts';
import { createPackageTools } from '../resources/package-tools/resource.ts';
import type { Lab } from '../schemas/lab.ts';
import { withIgnoredDrift, type IgnoredDrift } from './ignored-drift.ts';
import type { Resource } from './resource.ts';

/** Where the parts of the product lie, in a clone's build or in the installed package. */
export interface Program {
  migrations: string;
  supervisorEntry: string;
  workerEntry: string;
  nextFolder: string;
  stacksFolder: string;
  nodePath: string;
}

export interface ResourceOptions {
  home: Home;
  env: NodeJS.ProcessEnv;
  program: Program;
  lab: Lab;
  /** May the starter weights be fetched? Only when the user said so. */
  starter: boolean;
  ignored: IgnoredDrift;
  /** For the plan: not even a cache is written. */
  lookOnly?: boolean;
  /** A look at Docker that was begun for these resources alone, which look at once and do nothing else. */
  begun?: EngineApi | null;
}

/** Both engines' resources: what the lab's engine doesn't use is desired by nobody, and shown where it is there. */
export async function createResources(options: ResourceOptions, signal: AbortSignal): Promise<Resource[]> {
  const { home, env, program, lab, starter, lookOnly = false, begun = null } = options;
  const { supervisorEntry, workerEntry, nodePath, stacksFolder } = program;
  const resources: Resource[] = [
    createModelWeights({ home, env, lab, allowStarterFetch: starter }),
    createPackageTools({ home, env, lab }),
    createEmbeddedRuntime({ home, env, supervisorEntry, workerEntry, nodePath }),
    await createComposeStack({ home, env, lab, stacksFolder, lookOnly, begun }, signal),
  ];
  return resources.map((resource) => withIgnoredDrift(resource, options.ignored));
}
