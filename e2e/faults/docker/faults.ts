/** F5 to F7 and F26: Docker gone, cut, silent, and changed behind our back; the product's own parts on a real engine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isLabError } from '../../../server/lib/errors.ts';
import { connectEngine } from '../../../server/resources/compose-stack/engine-api.ts';
import { pullImage } from '../../../server/resources/compose-stack/pull.ts';
import type { TestEngine } from '../../docker/harness/engine.ts';
import { ensureImages } from '../../docker/harness/images.ts';
import { starterWeights } from '../../docker/harness/weights.ts';
import { openTestLab, type TestLab } from '../../docker/stack-lab.ts';
import { must, spread, until, type Fault } from '../fault.ts';
import { startDockerProxy, type DockerProxy } from '../proxies/fault-docker.ts';
import { startSlowRegistry } from './slow-registry.ts';

/** What the machine may add to the 2 s and 10 s that are aimed at. */
const SLACK_MS = 3000;

/** A lab that reaches the engine through the proxy. */
async function behindProxy(
  engine: TestEngine,
  body: (lab: TestLab, proxy: DockerProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startDockerProxy(engine.dockerHost);
  const images = await ensureImages(engine);
  const env = { ...engine.env, DOCKER_HOST: proxy.host };
  const lab = await openTestLab({ ...engine, env }, images, await starterWeights(), ['prometheus']);
  try {
    await body(lab, proxy);
  } finally {
    await proxy.pass();
    await lab.close();
    await proxy.close();
  }
}

const back = ({ watch }: TestLab) => watch.view().unreachableSince === null;

export function dockerFaults(engine: TestEngine): Fault[] {
  const f5: Fault = {
    id: 'F5',
    title: 'Docker stopped and back, while the lab is up and idle',
    expected: 'noticed within 2 s, back within 2 s by itself, the view listed anew from the truth',
    full: 50,
    quick: 3,
    run: (count, tally) =>
      behindProxy(engine, async (lab, proxy) => {
        await lab.up();
        const noticed: number[] = [];
        const recovered: number[] = [];
        for (let run = 0; run < count && !tally.over(); run += 1)
          await tally.try(`run ${run}`, async () => {
            await proxy.gone();
            noticed.push(await until('noticed', 2000 + SLACK_MS, () => !back(lab)));
            must(
              lab.watch.view().problem?.code === 'docker_unreachable',
              `it says ${lab.watch.view().problem?.code}`,
            );
            must(lab.watch.endpoint() === null, 'the model is still said to be there');
            await sleep(Math.random() * 300);
            await proxy.pass();
            recovered.push(await until('back', 2000 + SLACK_MS, () => back(lab)));
            must(
              lab.watch.view().containers.length === 2,
              `${lab.watch.view().containers.length} containers are told`,
            );
          });
        tally.figure('noticed', spread(noticed));
        tally.figure('back', spread(recovered));
      }),
  };

  const f6: Fault = {
    id: 'F6',
    title: 'the connection to Docker ends in the middle of a pull (10, 50, 99 %)',
    expected: 'it fails by name within 5 s, nothing hangs, and the next pull succeeds',
    full: 60,
    quick: 3,
    async run(count, tally) {
      const proxy = await startDockerProxy(engine.dockerHost);
      const registry = await startSlowRegistry();
      const signal = new AbortController().signal;
      const failed: number[] = [];
      try {
        const api = await connectEngine({ ...process.env, ...engine.env, DOCKER_HOST: proxy.host }, signal);
        for (let run = 0; run < count && !tally.over(); run += 1) {
          const part = [0.1, 0.5, 0.99][run % 3] ?? 0.5;
          await tally.try(`run ${run}, at ${part * 100} %`, async () => {
            let cuts = 0;
            registry.onSent = (sent) => {
              if (sent < part || cuts >= 4) return;
              cuts += 1;
              proxy.cut();
            };
            const begun = performance.now();
            const options = { signal, report: () => undefined, backoffMs: 20 };
            const said = await pullImage(api, registry.ref, options).then(
              () => 'done',
              (error: unknown) => (isLabError(error) ? error.code : String(error)),
            );
            failed.push(performance.now() - begun);
            must(['image_network', 'docker_unreachable', 'done'].includes(said), `it says ${said}`);
            must(cuts > 0, 'it was never cut');
            must(performance.now() - begun < 5000 + SLACK_MS, 'it took too long');
            registry.onSent = () => undefined;
            await pullImage(api, registry.ref, options);
            must((await api.image(registry.ref, signal)) !== null, 'the image is not there');
            await engine.docker('rmi', '-f', registry.ref);
          });
        }
      } finally {
        registry.close();
        await proxy.close();
      }
      tally.figure('until it had failed, or had succeeded by its own retry', spread(failed));
    },
  };

  const f7: Fault = {
    id: 'F7',
    title: 'Docker hangs: it takes connections and says nothing; or it answers 500',
    expected: 'every call ends within 10 s by name, and it recovers by itself',
    full: 10,
    quick: 2,
    run: (count, tally) =>
      behindProxy(engine, async (lab, proxy) => {
        const times: number[] = [];
        await lab.watch.refresh();
        for (let run = 0; run < count && !tally.over(); run += 1)
          await tally.try(run % 2 === 0 ? `hangs, run ${run}` : `500, run ${run}`, async () => {
            if (run % 2 === 0) proxy.hang();
            else proxy.fail();
            const begun = performance.now();
            const codes = await Promise.all(
              [lab.status(), lab.up()].map((call) =>
                call.then(
                  () => 'done',
                  (error: unknown) => (isLabError(error) ? error.code : String(error)),
                ),
              ),
            );
            times.push(performance.now() - begun);
            const expected = run % 2 === 0 ? 'docker_timeout' : 'docker_error';
            must(
              codes.every((code) => code === expected || code === 'docker_unreachable'),
              `they say ${codes.join(', ')}`,
            );
            must(
              performance.now() - begun < 10_000 + SLACK_MS,
              `they took ${(performance.now() - begun).toFixed(0)} ms`,
            );
            await until('the view says so', 10_000 + SLACK_MS, () => !back(lab));
            await proxy.pass();
            await until('back', 30_000, () => back(lab));
          });
        tally.figure('until every call had ended', spread(times));
      }),
  };

  const f26: Fault = {
    id: 'F26',
    title: 'ours removed or renamed by hand; a stranger under our name',
    expected: 'seen within 2 s; nothing that is not ours is ever touched',
    full: 20,
    quick: 3,
    async run(count, tally) {
      const images = await ensureImages(engine);
      const lab = await openTestLab(engine, images, await starterWeights(), ['prometheus']);
      const { project } = lab.home;
      const stranger = `${project}-stranger`;
      const seen: number[] = [];
      const idle = ['--entrypoint', 'sleep', images.prometheus.ref, '600'];
      const look = async (name: string) =>
        (
          await engine.docker(
            'inspect',
            '--format',
            '{{.Id}} {{.Name}} {{.State.StartedAt}} {{.State.Status}}',
            name,
          )
        ).trim();
      try {
        await engine.docker('run', '-d', '--name', stranger, ...idle);
        const before = await look(stranger);
        await lab.up();
        const name = async () => String((await lab.item('prometheus')).meta['container']);
        for (let run = 0; run < count && !tally.over(); run += 1)
          await tally.try(['removed', 'renamed', 'a stranger under our name'][run % 3] ?? '', async () => {
            const kind = run % 3;
            const id = await name();
            await lab.watch.refresh();
            const told = JSON.stringify(lab.watch.view().containers.map(({ Id, Name }) => [Id, Name]));
            await (kind === 1
              ? engine.docker('rename', id, `${project}-renamed-${run}`)
              : engine.docker('rm', '-f', id));
            seen.push(
              await until(
                'seen',
                2000 + SLACK_MS,
                () => JSON.stringify(lab.watch.view().containers.map(({ Id, Name }) => [Id, Name])) !== told,
              ),
            );
            if (kind === 2) {
              const ours = `${project}-prometheus-1`;
              await engine.docker('run', '-d', '--name', ours, ...idle);
              const was = await look(ours);
              const said = await lab.up().then(
                () => 'done',
                (error: unknown) => (isLabError(error) ? error.message : String(error)),
              );
              must((await look(ours)) === was, 'a stranger under our name was touched');
              must(said !== 'done' && said.includes(ours), `up said: ${said}`);
              await engine.docker('rm', '-f', ours);
            }
            await lab.up();
            must((await lab.item('prometheus')).state === 'managed', 'it did not come back');
            must((await look(stranger)) === before, 'the stranger was touched');
          });
      } finally {
        await engine.docker('rm', '-f', stranger).catch(() => undefined);
        await lab.close();
      }
      tally.figure('until it was seen', spread(seen));
    },
  };

  return [f5, f6, f7, f26];
}
