/** The status of a lab on an engine with a thousand stopped containers that are not its own, and on a bare one. */
import Docker from 'dockerode';
import { stringify } from 'yaml';
import { locateHome } from '../../server/lib/home.ts';
import { startPrivateEngine, type PrivateEngine } from '../docker/harness/engine.ts';
import { labConfig } from '../docker/lab-config.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { median, quantile, type Row } from './stats.ts';

const STRANGERS = 1000;
/** Of others' containers that carry this lab's project label. */
const LABELLED = 56;
const LOOKS = 20;

export async function benchContainers(): Promise<Row[]> {
  const engine = await startPrivateEngine();
  try {
    const config = await labConfig(engine);
    const lab = await startLab({ env: { ...engine.env, AILAB_ENGINE: 'docker' }, config: stringify(config) });
    try {
      const image = Object.values(config.images)[0] ?? '';
      const bare = await looks(lab);
      const made = await make(engine, image, STRANGERS, {});
      const crowded = await looks(lab);
      const label = { 'com.docker.compose.project': locateHome(lab.home).project };
      await make(engine, image, LABELLED, label);
      const labelled = await looks(lab);
      const { untracked_items: untracked } = await lab.api().lab.status.query();
      const limit = Math.max(2 * quantile(bare, 0.95), 50);
      const beside = `bare: ${words(bare)}`;
      return [
        {
          what: `status with ${STRANGERS} stopped containers of others (made in ${(made / 1000).toFixed(0)} s)`,
          figure: words(crowded),
          beside,
          goal: 'p95 ≤ 2× bare, or 50 ms',
          met: quantile(crowded, 0.95) <= limit,
        },
        {
          what: `  and ${LABELLED} more under the lab's label: ${untracked.length} shown as untracked`,
          figure: words(labelled),
          beside,
          goal: 'p95 ≤ 2× bare, or 50 ms',
          met: quantile(labelled, 0.95) <= limit,
        },
      ];
    } finally {
      await lab.stop();
    }
  } finally {
    await engine.stop();
  }
}

const words = (times: number[]) =>
  `${median(times).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`;

/** Milliseconds it took. */
async function make(
  engine: PrivateEngine,
  image: string,
  count: number,
  labels: Record<string, string>,
): Promise<number> {
  const docker = new Docker({ socketPath: engine.dockerHost.replace('unix://', '') });
  const begun = performance.now();
  const eighth = async () => {
    for (let at = 0; at < count / 8; at += 1)
      await docker.createContainer({ Image: image, Cmd: ['true'], Labels: labels });
  };
  await Promise.all(Array.from({ length: 8 }, eighth));
  return performance.now() - begun;
}

async function looks(lab: Lab): Promise<number[]> {
  const api = lab.api();
  await api.lab.status.query();
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const begun = performance.now();
    await api.lab.status.query();
    times.push(performance.now() - begun);
  }
  return times;
}
