/**
 * What 500 live viewers of a share cost the dashboard: the same calls of its pages with nobody and with all of them
 * watching, in turns, while the model answers somebody all the time. The viewers are a process of their own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readServerFile } from '../../server/main/server-file.ts';
import { locateHome } from '../../server/lib/home.ts';
import { ailab } from '../support/cli.ts';
import { startLab, type Lab } from '../support/lab.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { ask, KEPT } from './ask.ts';
import { median, quantile, type Row } from './stats.ts';

const VIEWERS = 500;
const TURNS = 4;
const CALLS = 150;
const BODY = { model: 'default', messages: [{ role: 'user', content: 'Hello' }] };
const PAGES = ['/api/trpc/lab.overview', '/api/trpc/activity.list?input=%7B%7D', '/api/trpc/share.list'];

/** Opens the streams, says when all of them live, and how many bytes have come when it is told to end. */
const WATCH = `
import { request } from 'node:http';
const [port, path, count] = process.argv.slice(2);
let bytes = 0, live = 0;
for (let n = 0; n < Number(count); n += 1) {
  const call = request({ host: '127.0.0.1', port, path, agent: false, headers: { host: 'localhost:' + port } }, (response) => {
    if (response.statusCode !== 200) throw new Error(String(response.statusCode));
    response.once('data', () => { live += 1; if (live === Number(count)) process.stdout.write('live\\n'); });
    response.on('data', (chunk) => { bytes += chunk.length; });
  });
  call.end();
}
process.on('SIGTERM', () => { process.stdout.write(bytes + '\\n', () => process.exit(0)); });
`;

export async function benchShare(): Promise<Row[]> {
  const model = await standInModel();
  const lab = await startLab({ env: model.env, config: model.config });
  try {
    await bringUp(lab);
    const { urls } = await lab.api().share.create.mutate({});
    const path = `${new URL(urls[0] ?? '').pathname}/live`;
    const { secret } = await lab.api().access.createKey.mutate({ name: 'bench' });
    const chat = setInterval(() => {
      void ask(new URL('/v1/chat/completions', lab.url), secret, BODY, KEPT).catch(() => undefined);
    }, 300);
    const [alone, watched]: [number[], number[]] = [[], []];
    const grown: number[] = [];
    let carried = 0;
    try {
      await callPages(lab, 30);
      for (let turn = 0; turn < TURNS; turn += 1) {
        const before = residentBytes(lab.pid);
        alone.push(...(await callPages(lab, CALLS)));
        const viewers = await watch(lab.port, path);
        watched.push(...(await callPages(lab, CALLS)));
        grown.push(residentBytes(lab.pid) - before);
        carried += await end(viewers);
      }
    } finally {
      clearInterval(chat);
    }
    return rowsOf(alone, watched, grown, carried);
  } finally {
    await ailab(['down', '--home', lab.home]);
    await lab.stop();
    model.remove();
  }
}

function rowsOf(alone: number[], watched: number[], grown: number[], carried: number): Row[] {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  const [without, withAll] = [quantile(alone, 0.95), quantile(watched, 0.95)];
  return [
    {
      what: `dashboard's calls with ${VIEWERS} live viewers of a share, p95 against none`,
      figure: `${(withAll / without).toFixed(2)}×`,
      goal: '≤ 2×',
      met: withAll <= 2 * without,
    },
    { what: '  nobody watches, p50 / p95', figure: `${ms(median(alone))} / ${ms(without)}` },
    { what: `  ${VIEWERS} watch, p50 / p95`, figure: `${ms(median(watched))} / ${ms(withAll)}` },
    { what: `  memory of the server with them (median)`, figure: `+${(median(grown) / 1e6).toFixed(0)} MB` },
    {
      what: '  bytes to each viewer in a turn (mean)',
      figure: `${(carried / VIEWERS / TURNS / 1000).toFixed(1)} kB`,
    },
  ];
}

/** Milliseconds of each call, one after the other, spread over at least 12 s so that broadcasts fall between. */
async function callPages(lab: Lab, count: number): Promise<number[]> {
  const { cliSecret } = readServerFile(locateHome(lab.home)) ?? {};
  const times: number[] = [];
  for (let call = 0; call < count; call += 1) {
    const begun = performance.now();
    const reply = await fetch(lab.url + (PAGES[call % PAGES.length] ?? ''), {
      headers: { authorization: `Bearer ${cliSecret}` },
    });
    await reply.text();
    if (!reply.ok) throw new Error(`${reply.url} answered ${reply.status}`);
    times.push(performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  return times;
}

function watch(port: number, path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-', String(port), path, String(VIEWERS)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(WATCH);
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the viewers ended with ${code}`)));
  });
}

/** Ends the viewers; the bytes that came to all of them. */
function end(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.stdout?.once('data', (text: Buffer) => resolve(Number(text.toString('utf8'))));
    child.kill('SIGTERM');
  });
}

function residentBytes(pid: number): number {
  const pages = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1];
  return Number(pages) * 4096;
}
