/** The models of the lab: pulled. Part of the composition root. */
import { LabError } from '../lib/errors.ts';
import type { Home } from '../lib/home.ts';
import { parseModelId } from '../resources/model-weights/model-id.ts';
import { fetchStarter, STARTER, starterPresent } from '../resources/model-weights/starter.ts';
import { formatBytes } from '../schemas/format.ts';
import { bringHf } from './bring-hf.ts';
import type { Activities } from './activities.ts';
import type { Engine } from './contract.ts';
import type { DownloadRate } from './download-rate.ts';
import type { Run } from './orchestrator.ts';
import { pullFromHub } from './pull.ts';

export interface ModelsServiceParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  activities: Activities;
  rate: DownloadRate;
}

export function createModelsService({
  home,
  env,
  activities,
  rate,
}: ModelsServiceParts): Pick<Engine['models'], 'pull'> {
  return {
    async pull(input, startedBy) {
      // A wrong id is refused at once, and leaves no activity behind.
      const source = parseModelId(input.id);
      return activities.start('pull', input, startedBy, async (unmeasured) => {
        const run = rate.measured(unmeasured);
        if (source.kind === 'starter') return pullStarter(home, env, run);
        if (source.kind !== 'hub') throw notAModelId(input.id);
        const pulled = await pullFromHub(
          source,
          { env, hf: (asking) => bringHf({ home, env }, asking) },
          run,
        );
        const how = pulled.fetched === 0 ? 'was here already' : `has come (${formatBytes(pulled.fetched)})`;
        return `${pulled.name} ${how} and is what the Hub says: ${pulled.path}. To use it: model_id: ${pulled.id}`;
      });
    },
  };
}

async function pullStarter(home: Home, env: NodeJS.ProcessEnv, run: Run): Promise<string> {
  if (await starterPresent(home))
    return `${STARTER.name} was here already. To use it: model_id: ${STARTER.id}`;
  const path = await run.step('download', `Download ${STARTER.name}`, (report) =>
    fetchStarter({ home, env }, { signal: run.signal, report }),
  );
  return `${STARTER.name} has come: ${path}. To use it: model_id: ${STARTER.id}`;
}

function notAModelId(id: string): LabError {
  return new LabError({
    code: 'model_id_invalid',
    message: `"${id}" names nothing to pull.`,
    fix: 'Name a repository of the Hub: org/name[:quant-or-file][@revision].',
    status: 400,
  });
}
