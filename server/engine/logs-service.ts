/** The logs of the lab's services, on whichever engine it runs. Part of the composition root. */
import { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { inBatches } from '../lib/in-batches.ts';
import { EMBEDDINGS_SERVICE, type Lab } from '../schemas/lab.ts';
import type { LogLine } from '../schemas/logs.ts';
import type { Engine } from './contract.ts';
import { containerLines, fileLines, isLogFile, LOG_FILES } from './log-sources.ts';
import type { ResolvedLab } from './resolve-lab.ts';

/** Ten batches a second; none much larger than half a megabyte. */
const EVERY_MS = 100;
const BATCH_CHARS = 512 * 1024;
/** What a line costs beside its words. */
const LINE_CHARS = 100;

export interface LogsServiceParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  resolve(): Promise<ResolvedLab>;
  /** Ends every reading when the engine closes. */
  closing: AbortSignal;
}

export function createLogsService({ home, env, resolve, closing }: LogsServiceParts): Engine['logs'] {
  return {
    services: async () => servicesOf((await resolve()).lab),
    async *read(input, caller) {
      const signal = AbortSignal.any([caller, closing]);
      const { lab } = await resolve();
      const services = servicesOf(lab);
      if (!services.includes(input.service)) throw noSuchService(input.service, services);
      const { service } = input;
      const lines =
        lab.engine === 'embedded' && isLogFile(service)
          ? fileLines(home, { ...input, service }, signal)
          : containerLines({ home, env, input, signal });
      yield* inBatches(lines, { everyMs: EVERY_MS, most: BATCH_CHARS, weigh });
    },
  };
}

const weigh = (line: LogLine): number => line.text.length + LINE_CHARS;

/** In the order of their importance. */
export function servicesOf({
  engine,
  stack,
  embeddings,
}: Pick<Lab, 'engine' | 'stack' | 'embeddings'>): string[] {
  const all =
    engine === 'embedded' ? Object.keys(LOG_FILES) : ['model', EMBEDDINGS_SERVICE, ...stack.services];
  return all.filter((name) => embeddings !== undefined || !name.startsWith(EMBEDDINGS_SERVICE));
}

function noSuchService(service: string, services: string[]): LabError {
  return new LabError({
    code: 'service_unknown',
    message: `The lab has no service named ${JSON.stringify(service)}.`,
    fix: `Name one of these: ${services.join(', ')}.`,
    status: 404,
  });
}
