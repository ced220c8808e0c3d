/** F13: the wall clock jumps while the built product serves and streams. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { ask } from '../support/http.ts';
import { ROOT, startLab } from '../support/lab.ts';
import { credentials, login, ownPage } from '../support/login.ts';
import { bringUp, standInModel } from '../support/model.ts';
import { must, type Fault } from './fault.ts';

const HOUR = 3_600_000;
const JUMPS = [HOUR, -HOUR, 72 * HOUR, -72 * HOUR, 0];

export const f13: Fault = {
  id: 'F13',
  title: 'the clock jumps by 1 h and 3 d, forth and back, also during a stream',
  expected: 'no negative duration or rate, ids in order, logins stay, activities end',
  full: 100,
  quick: 5,
  async run(count, tally) {
    const folder = mkdtempSync(join(tmpdir(), 'ailab-f13-'));
    const clock = join(folder, 'clock');
    writeFileSync(clock, '0');
    const model = await standInModel(['--fake-chunks=6', '--fake-delay-ms=15']);
    const preload = join(import.meta.dirname, 'clock.mjs');
    const lab = await startLab({
      ...model,
      env: { ...model.env, CLOCK_FILE: clock },
      program: ['--import', preload, join(ROOT, 'server', 'bin', 'ailab-web.mjs'), 'serve', '--no-open'],
    });
    let samples = 0;
    try {
      await bringUp(lab);
      const user = await login(lab, lab.link);
      const headers = { 'content-type': 'application/json', ...credentials(user), ...ownPage(lab) };
      const api = lab.api();
      for (let run = 0; run < count && !tally.over(); run += 1)
        await tally.try(`run ${run}, ${(JUMPS[run % JUMPS.length] ?? 0) / HOUR} h`, async () => {
          const chat = ask(lab.port, {
            method: 'POST',
            path: '/v1/chat/completions',
            headers,
            body: '{"model":"default","stream":true,"messages":[{"role":"user","content":"x"}]}',
          });
          await sleep(40);
          writeFileSync(clock, String(JUMPS[run % JUMPS.length]));
          const reply = await chat;
          must(reply.status === 200 && reply.body.includes('[DONE]'), `the reply ended with ${reply.status}`);
          const down = await api.lab.down.mutate({ volumes: false });
          let ended = await api.activity.get.query({ id: down.id });
          for (let wait = 0; ended.state === 'running' && wait < 200; wait += 1) {
            await sleep(50);
            ended = await api.activity.get.query({ id: down.id });
          }
          must(ended.state === 'done', `down is ${ended.state}: ${JSON.stringify(ended.error)}`);
          await bringUp(lab);
          const session = await ask(lab.port, { path: '/auth/session', headers });
          must(session.status === 200, `the login is gone: ${session.status}`);
          const rows = await api.metrics.recent.query({ limit: 200 });
          const numbers = rows.flatMap((row) => [
            row.durationMs,
            row.ttftMs,
            row.queueMs,
            row.generationMs,
            row.tokensPerSecond,
          ]);
          samples += numbers.length;
          must(
            numbers.every((value) => value === null || value >= 0),
            `a negative figure: ${Math.min(...numbers.map((value) => value ?? 0))}`,
          );
          const series = await api.metrics.series.query({ range: '1h', source: 'ledger' });
          const figures = [series.totals, ...series.points].flatMap((point) =>
            Object.values(point).filter((value) => typeof value === 'number'),
          );
          samples += figures.length;
          must(
            figures.every((value) => value >= 0),
            'a negative figure in a chart',
          );
          const all = await api.activity.list.query({ limit: 5 });
          for (const { startedAt, endedAt, id } of all)
            must(
              endedAt === null || endedAt >= startedAt,
              `activity ${id} ended before it began: ${endedAt} < ${startedAt}`,
            );
        });
      await tally.try('ids', () => {
        const db = new Database(join(lab.home, 'ailab.db'), { readonly: true });
        const ids = db.prepare('SELECT id FROM requests ORDER BY rowid').pluck().all().map(String);
        db.close();
        must(
          ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? '')),
          'ids are not in the order of their making',
        );
        tally.passed -= 1;
      });
    } finally {
      await lab.stop();
      model.remove();
      rmSync(folder, { recursive: true, force: true });
    }
    tally.figure('figures looked at', String(samples));
  },
};
