/** F4 and F10: Ctrl-C and SIGTERM in the middle of the work, and ports that others hold. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyFreePort } from '../../server/lib/ports.ts';
import { ailab } from '../support/cli.ts';
import { cleanEnvironment, ROOT } from '../support/lab.ts';
import { standInModel } from '../support/model.ts';
import { allProcesses } from '../support/processes.ts';
import { must, spread, until, type Fault } from './fault.ts';
import { errorOf, openGatewayLab } from './gateway-lab.ts';

const BIN = join(ROOT, 'server', 'bin', 'ailab-web.mjs');
/** 3 s and 0.5 s are aimed at; a busy machine starts and ends processes more slowly. */
const END_MS = 6000;
const TWICE_MS = 2500;

const modelsOf = (home: string) =>
  allProcesses().filter(
    ({ argv, environ }) =>
      argv.includes('fake-model-server') && (argv.includes(home) || environ.includes(home)),
  );

export const f4: Fault = {
  id: 'F4',
  title: 'SIGINT or SIGTERM: in the middle of `up`, twice, and on a server whose replies stream',
  expected:
    'ends within 3 s (twice: 0.5 s) with 130 or 143; a `down` finds all of it; streams end with an error event',
  full: 40,
  quick: 4,
  async run(count, tally) {
    const once_: number[] = [];
    const twice: number[] = [];
    const served: number[] = [];
    for (let run = 0; run < count && !tally.over(); run += 1) {
      if (run % 4 === 3) {
        await tally.try(`a server that streams, run ${run}`, async () => {
          const signal = run % 8 === 3 ? 'SIGTERM' : 'SIGINT';
          const gateway = await openGatewayLab();
          try {
            const replies = Array.from({ length: 5 }, (_, at) =>
              gateway.ask({ id: `t${at}`, kind: 'slow', at: 20, size: 10_000 }),
            );
            await until('all stream', 10_000, async () => Object.keys(await gateway.seen()).length === 5);
            await sleep(200);
            const begun = performance.now();
            process.kill(gateway.lab.pid, signal);
            const code = await gateway.lab.exited;
            served.push(performance.now() - begun);
            must(code === (signal === 'SIGINT' ? 130 : 143), `it ended with ${code}`);
            must(performance.now() - begun < END_MS, 'it took too long');
            for (const { body } of await Promise.all(replies)) {
              const error = errorOf(body);
              must(
                error?.message.includes('dashboard has ended') === true,
                `a stream ended with ${body.toString('utf8').slice(-100)}`,
              );
              must(!body.includes('[DONE]'), 'a stream that broke off says [DONE]');
            }
          } finally {
            await ailab(['down', '--home', gateway.lab.home]);
            await gateway.close().catch(() => undefined);
          }
        });
        continue;
      }
      const model = await standInModel(['--fake-load-ms=20000']);
      const home = mkdtempSync(join(tmpdir(), 'ailab-f4-'));
      writeFileSync(join(home, 'ai-lab.yaml'), model.config);
      const again = run % 4 === 2;
      const signal = run % 4 === 1 ? 'SIGTERM' : 'SIGINT';
      await tally.try(`up, ${again ? 'SIGINT twice' : signal}, run ${run}`, async () => {
        const child = spawn(process.execPath, [BIN, 'up', '--home', home], {
          env: { ...cleanEnvironment(), ...model.env },
          stdio: 'ignore',
        });
        const ended = once(child, 'exit') as Promise<[number | null]>;
        await until('the model server starts', 15_000, () => modelsOf(home).length > 0);
        await sleep(Math.random() * 300);
        const begun = performance.now();
        child.kill(signal);
        if (again) {
          await sleep(20);
          child.kill(signal);
        }
        const [code] = await ended;
        const ms = performance.now() - begun;
        (again ? twice : once_).push(ms);
        must(code === 130 || (signal === 'SIGTERM' && code === 143), `it ended with ${code}`);
        must(ms < (again ? TWICE_MS : END_MS), `it took ${ms.toFixed(0)} ms`);
        // What was begun stays, as it says; it is whole, so a down ends it.
        const { code: down } = await ailab(['down', '--home', home], { env: model.env });
        must(down === 0, `the down after it ended with ${down}`);
        await until('all is gone', 5000, () => modelsOf(home).length === 0);
      });
      rmSync(home, { recursive: true, force: true });
      model.remove();
    }
    tally.figure('once', spread(once_));
    tally.figure('twice', spread(twice));
    tally.figure('a server with five streams', spread(served));
  },
};

export const f10: Fault = {
  id: 'F10',
  title: 'a port that another program holds: the dashboard, the model',
  expected: 'exit 1, holder and next free port named, nothing half-made',
  full: 20,
  quick: 2,
  async run(count, tally) {
    const model = await standInModel();
    try {
      for (let run = 0; run < count && !tally.over(); run += 1) {
        const port = await anyFreePort();
        const host = run % 4 < 2 ? '127.0.0.1' : '::1';
        const holder = createServer().listen(port, host);
        await once(holder, 'listening');
        const home = mkdtempSync(join(tmpdir(), 'ailab-f10-'));
        const served = run % 2 === 0;
        await tally.try(`${served ? 'the dashboard' : 'the model'} on ${host}, run ${run}`, async () => {
          writeFileSync(
            join(home, 'ai-lab.yaml'),
            `ports: { model: ${served ? await anyFreePort() : port} }\n`,
          );
          const args = served ? ['serve', '--no-open', '--port', String(port)] : ['up'];
          const { code, stderr } = await ailab([...args, '--home', home], { env: model.env });
          must(code === 1, `it ended with ${code}: ${stderr.slice(-200)}`);
          must(
            stderr.includes('port_in_use') && stderr.includes(`(pid ${process.pid})`),
            `it says ${stderr.slice(-300)}`,
          );
          const [, next] =
            /(?:--port (\d+)|\((\d+) is free\)|model: (\d+))/.exec(stderr)?.filter(Boolean) ?? [];
          must(next !== undefined && Number(next) !== port, `it offers no other port: ${stderr.slice(-300)}`);
          must(
            modelsOf(home).length === 0 && !existsSync(join(home, 'server.json')),
            'something was half-made',
          );
        });
        holder.close();
        rmSync(home, { recursive: true, force: true });
      }
    } finally {
      model.remove();
    }
  },
};
