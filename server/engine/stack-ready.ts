/** Ready on either engine: the model has answered, and what hooks will use of the stack lets them in. */
import type { Home } from '../lib/home.ts';
import { grafanaInDoubt, healGrafanaPassword } from '../resources/compose-stack/grafana-password.ts';
import type { Lab } from '../schemas/lab.ts';
import type { ReadyProbe, Run } from './orchestrator.ts';
import { createReadyProbe, embeddingsReady, type ReadyParts } from './ready.ts';

export interface LabReadyParts {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  host: ReadyParts & { embeddings: Pick<ReadyParts, 'endpoint' | 'failure'> };
}

export function createLabReady(parts: LabReadyParts): ReadyProbe {
  const model = createReadyProbe(parts.host);
  return async (run) => {
    const firstTokenMs = await model(run);
    const { embeddings } = parts.host;
    if (parts.lab.embeddings !== undefined) await embeddingsReady({ ...parts.host, ...embeddings }, run);
    await grafanaLetsUsIn(parts, run);
    return firstTokenMs;
  };
}

async function grafanaLetsUsIn({ home, env, lab }: LabReadyParts, run: Run): Promise<void> {
  if (lab.engine !== 'docker' || !lab.stack.services.includes('grafana') || !grafanaInDoubt(home)) return;
  await run.step('grafana-password', 'Check the password of Grafana', async (report) => {
    report({ message: 'Grafana is being asked whether it knows the password of this home.' });
    const found = await healGrafanaPassword(home, env, run.signal);
    report({ message: WORDS[found] });
  });
}

const WORDS = {
  absent: 'Grafana did not answer, so its password was not looked at; the next `up` does.',
  fine: 'Grafana knows it.',
  healed: "Grafana's volume held the password of an earlier home; it has the one of this home now.",
};
