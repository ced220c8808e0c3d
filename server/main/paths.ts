/** Where the built parts lie: beside this bundle in `dist`. */
import { join } from 'node:path';
import type { Program } from '../engine/resources.ts';

export function locateProgram(dist: string = import.meta.dirname): Program {
  return {
    migrations: join(dist, 'migrations'),
    supervisorEntry: join(dist, 'supervisor.js'),
    workerEntry: join(dist, 'llama-worker.js'),
    nextFolder: join(dist, 'next'),
    stacksFolder: join(dist, '..', 'stacks'),
    nodePath: process.execPath,
  };
}
