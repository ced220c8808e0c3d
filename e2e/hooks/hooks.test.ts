import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyFreePort } from '../../server/lib/ports.ts';
import type { Activity } from '../../server/schemas/activity.ts';
import { ailab } from '../support/cli.ts';
import { ask } from '../support/http.ts';
import { requireBuild } from '../support/lab.ts';
import { credentials, login, ownPage } from '../support/login.ts';
import { sh, startHookLab, type HookLab } from './support.ts';

let one: HookLab;
beforeAll(async () => {
  requireBuild();
  one = await startHookLab();
});
afterAll(() => one.stop());

const api = () => one.lab.api();
const inHome = (name: string) => join(one.lab.home, name);
const stepsOf = (activity: Activity) => activity.steps.map(({ name, state }) => `${name} ${state}`);
const receiptOf = (activity: Activity, hook: string) => {
  const id = activity.steps.find((step) => step.hookRun?.name === hook)?.hookRun?.id;
  if (id === undefined) throw new Error(`no step of the hook ${hook}: ${JSON.stringify(activity.steps)}`);
  return api().hooks.get.query({ id });
};
const processOf = async () => {
  const { managed_items, missing_items } = await api().lab.status.query();
  return [...managed_items, ...missing_items].find(({ domain }) => domain === 'process');
};
/** Every process with that word in its arguments. */
const running = (mark: string) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
      } catch {
        return false;
      }
    });

describe('around an up', () => {
  it('a failed pre hook stops it: nothing is made, and the activity says why', async () => {
    await one.configure({
      pre_apply: [
        sh('first', 'echo one'),
        sh('broken', 'echo no luck >&2; exit 3'),
        sh('never', 'touch never'),
      ],
      post_apply: [sh('after', 'touch after')],
    });
    const up = await one.up();
    expect(up).toMatchObject({
      state: 'failed',
      error: {
        code: 'hook_failed',
        message: 'Nothing was started. The hook broken failed: sh ended with exit code 3.',
      },
    });
    expect(stepsOf(up)).toEqual(['check done', 'hook done', 'hook failed']);
    expect((await processOf())?.state).toBe('missing');
    expect([existsSync(inHome('never')), existsSync(inHome('after'))]).toEqual([false, false]);
    expect(await receiptOf(up, 'broken')).toMatchObject({
      state: 'failed',
      exitCode: 3,
      output: 'no luck\n',
      activityId: up.id,
      phase: 'pre_apply',
    });
  });

  it('a failed post hook is reported and leaves the lab up; those after it do not run', async () => {
    await one.configure({
      pre_apply: [],
      post_apply: [sh('broken', 'exit 1'), sh('never', 'touch never')],
    });
    const up = await one.up();
    expect(up).toMatchObject({
      state: 'failed',
      error: {
        message:
          'The lab is up and its model answers, but a hook failed. The hook broken failed: sh ended with exit code 1.',
      },
    });
    expect(await processOf()).toMatchObject({ state: 'managed', health: 'healthy' });
    // It is up, so it is in the lock.
    expect((await api().lab.status.query()).lock_exists).toBe(true);
    expect((await api().lab.overview.query()).attention.map(({ code }) => code)).toContain('hook_failed');
    expect(existsSync(inHome('never'))).toBe(false);
  });

  it('with continue_on_error a failure is noted, and the rest goes on', async () => {
    await one.configure({
      pre_apply: [sh('broken', 'exit 1', { continue_on_error: true })],
      post_apply: [sh('last', 'echo fine')],
    });
    const up = await one.up();
    expect(up).toMatchObject({ state: 'done' });
    expect(up.outcome).toMatch(
      /^Nothing had to be done\. .* The hook broken failed: sh ended with exit code 1\.$/,
    );
    expect(stepsOf(up).filter((step) => step.startsWith('hook'))).toEqual(['hook failed', 'hook done']);
  });

  it('runs in the home, with the facts of the lab and no secret of the user', async () => {
    await one.configure({ pre_apply: [], post_apply: [sh('env', 'pwd; env | sort')] });
    const { output } = await receiptOf(await one.up(), 'env');
    for (const line of [
      one.lab.home,
      'AILAB_ENGINE=embedded',
      'AILAB_PROFILE=default',
      'AILAB_HOOK=env',
      'AILAB_HOOK_PHASE=post_apply',
      `AILAB_GATEWAY_URL=${one.lab.url}/v1`,
    ])
      expect(output.split('\n')).toContain(line);
    expect(output).toMatch(/^AILAB_PROJECT=ai-lab-[0-9a-f]{8}$/m);
    expect(output).toMatch(/^AILAB_MODEL_URL=http:\/\/127\.0\.0\.1:\d+$/m);
    const names = output.split('\n').map((line) => line.split('=')[0] ?? '');
    expect(names.filter((name) => /TOKEN|PASSWORD$|SECRET$|MODEL_PATH|KEY$|NODE_/.test(name))).toEqual([]);
    const keyFile = /^AILAB_MODEL_KEY_FILE=(.+)$/m.exec(output)?.[1] ?? '';
    expect(output).not.toContain(readFileSync(keyFile, 'utf8').trim());
  });

  it('what stands in an argument stays one argument: no shell reads it', async () => {
    const words = [
      '; touch pwned',
      '$(touch pwned)',
      '`touch pwned`',
      '| touch pwned',
      '&& touch pwned',
      '*',
    ];
    await one.configure({
      pre_apply: [{ name: 'argv', type: 'command', command: ['printf', '%s\\n', ...words] }],
      post_apply: [],
    });
    expect((await receiptOf(await one.up(), 'argv')).output).toBe(`${words.join('\n')}\n`);
    expect(existsSync(inHome('pwned'))).toBe(false);
  });

  it('the plan names the hooks and runs none', async () => {
    await one.configure({ pre_apply: [sh('first', 'touch planned')], post_apply: ['grafana-import'] });
    const plan = await api().lab.plan.query({ starter: false });
    expect(plan.hooks).toEqual([
      { phase: 'pre_apply', name: 'first', type: 'command' },
      { phase: 'post_apply', name: 'grafana-import', type: 'grafana-import' },
    ]);
    expect(existsSync(inHome('planned'))).toBe(false);
    expect((await api().hooks.list.query()).find(({ name }) => name === 'first')?.runs).toHaveLength(1);
  });

  it('on the embedded engine a built-in hook is not run; one that is written is recorded as skipped', async () => {
    writeFileSync(
      inHome('ai-lab.yaml'),
      readFileSync(inHome('ai-lab.yaml'), 'utf8').replace(/^hooks:[^]*/m, ''),
    );
    expect(stepsOf(await one.up()).filter((step) => step.startsWith('hook'))).toEqual([]);
    expect((await api().hooks.list.query()).map(({ name, notRun }) => [name, notRun])).toEqual([
      ['weaviate-ready', 'the embedded engine runs no Weaviate'],
      ['grafana-import', 'the embedded engine runs no Grafana'],
    ]);
    await one.configure({ pre_apply: ['weaviate-ready'], post_apply: [] });
    const up = await one.up();
    expect(stepsOf(up)).toContain('hook skipped');
    expect(await receiptOf(up, 'weaviate-ready')).toMatchObject({
      state: 'skipped',
      output: 'skipped: the embedded engine runs no Weaviate\n',
    });
  });
});

describe('a run of a hook', () => {
  const runNow = async (name: string) => one.ended(await api().hooks.runNow.mutate({ name }));

  it('that takes too long is ended with everything it started, and says that it was the time', async () => {
    const mark = `61.${process.pid}`;
    await one.configure({
      pre_apply: [
        sh('slow', `sh -c 'trap "" TERM; sleep ${mark} & wait' & sleep ${mark}`, { timeout: '1s' }),
      ],
    });
    const begun = performance.now();
    const started = await api().hooks.runNow.mutate({ name: 'slow' });
    while (running(mark).length < 3 && performance.now() - begun < 900)
      await new Promise((r) => setTimeout(r, 20));
    expect(running(mark).length).toBeGreaterThanOrEqual(3);
    const activity = await one.ended(started);
    const took = performance.now() - begun;
    expect(running(mark)).toEqual([]);
    expect(activity).toMatchObject({
      state: 'failed',
      error: { code: 'hook_timeout', message: 'The hook slow timed out after 1s.' },
    });
    expect(took).toBeGreaterThanOrEqual(1000);
    expect(took).toBeLessThan(1500);
    const receipt = await receiptOf(activity, 'slow');
    expect((receipt.endedAt ?? 0) - receipt.startedAt).toBeLessThan(1500);
    expect(receipt).toMatchObject({ state: 'failed', exitCode: null });
  });

  it('that leaves something behind ends all the same, and takes it along', async () => {
    const mark = `62.${process.pid}`;
    await one.configure({ pre_apply: [sh('leaves', `sleep ${mark} & echo left`)] });
    const begun = performance.now();
    expect(await runNow('leaves')).toMatchObject({ state: 'done' });
    expect(performance.now() - begun).toBeLessThan(3000);
    expect(running(mark)).toEqual([]);
  });

  it('that is cancelled is ended with everything it started', async () => {
    const mark = `63.${process.pid}`;
    await one.configure({ pre_apply: [sh('slow', `sleep ${mark} & sleep ${mark}`)] });
    const { id } = await api().hooks.runNow.mutate({ name: 'slow' });
    while (running(mark).length < 2) await new Promise((r) => setTimeout(r, 20));
    const activity = await api().activity.cancel.mutate({ id });
    expect(activity.state).toBe('cancelled');
    expect(running(mark)).toEqual([]);
    expect(await receiptOf(activity, 'slow')).toMatchObject({ state: 'cancelled' });
  });

  it('that writes 100 MB costs neither memory nor database, and after a failure all of it is in a file', async () => {
    const flood = 'echo begin; head -c 100000000 /dev/zero | tr "\\0" "x"; echo; echo end';
    const rss = () =>
      Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${one.lab.pid}/status`, 'utf8'))?.[1]);
    await one.configure({ pre_apply: [sh('flood', `${flood}; exit 1`)] });
    const before = rss();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, rss())), 20);
    const failed = await runNow('flood');
    clearInterval(watch);
    // All of it held would be 100 MB and more.
    expect((most - before) / 1024).toBeLessThan(80);
    const receipt = await receiptOf(failed, 'flood');
    expect(receipt.output.length).toBeLessThan(66 * 1024);
    expect(receipt.output).toMatch(/^begin\nx+[^]*\[… 999\d+ bytes left out …\][^]*x\nend\n$/);
    expect(receipt.file?.whole).toBe(true);
    expect(receipt.file?.bytes).toBe(100_000_000 + 'begin\n\nend\n'.length);
    expect(statSync(receipt.file?.path ?? '').mode & 0o777).toBe(0o600);
    await one.configure({ pre_apply: [sh('flood', flood)] });
    const done = await receiptOf(await runNow('flood'), 'flood');
    expect(done).toMatchObject({ state: 'done', file: null });
    expect(readdirSync(inHome('logs/hooks'))).toHaveLength(1);
    expect(statSync(inHome('ailab.db')).size + statSync(inHome('ailab.db-wal')).size).toBeLessThan(
      20_000_000,
    );
    rmSync(inHome('logs/hooks'), { recursive: true });
  }, 120_000);

  it('whose output speaks to the terminal is harmless on every way', async () => {
    const escape = 'printf "\\033[2J\\033]0;title\\007red\\033[31m\\r\\n\\342\\200\\256evil\\n"';
    await one.configure({ pre_apply: [sh('escape', `${escape}; exit 1`)] });
    const activity = await runNow('escape');
    expect((await receiptOf(activity, 'escape')).output).toBe('red\n<U+202E>evil\n');
    const { stdout } = await ailab(['hooks', 'show', 'escape', '--home', one.lab.home], { env: one.env });
    expect(stdout).toContain('red\n<U+202E>evil\n');
    expect(stdout).not.toContain('\u001b');
  });

  it('of a program that is not there says so, with the fix', async () => {
    await one.configure({
      pre_apply: [{ name: 'typo', type: 'command', command: ['no-such-program-here'] }],
    });
    expect(await runNow('typo')).toMatchObject({
      error: {
        code: 'hook_not_runnable',
        message: 'The hook typo failed: there is no program no-such-program-here.',
      },
    });
  });

  it('of type http compares the status, follows no redirect, reads no endless body, and shows no login', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.url} ${request.headers.authorization ?? '-'}`);
      if (request.url === '/away') return void response.writeHead(302, { location: '/elsewhere' }).end();
      if (request.url === '/endless') {
        response.writeHead(200);
        const more = () => {
          while (!response.destroyed && response.write('y'.repeat(65_536)));
          if (!response.destroyed) response.once('drain', more);
        };
        return more();
      }
      response.writeHead(request.url === '/teapot' ? 418 : 200).end('hello');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const closed = await anyFreePort();
    const http = (name: string, path: string, more = {}) => ({
      name,
      type: 'http',
      url: `http://127.0.0.1:${port}${path}`,
      ...more,
    });
    await one.configure({
      pre_apply: [
        { ...http('login', '/'), url: `http://ada:pa%20ss@127.0.0.1:${port}/` },
        http('teapot', '/teapot', { expect: 418 }),
        http('away', '/away'),
        http('endless', '/endless'),
        { name: 'gone', type: 'http', url: `http://127.0.0.1:${closed}/` },
      ],
    });
    expect((await receiptOf(await runNow('login'), 'login')).output).toBe('HTTP 200\n\nhello');
    expect(seen).toEqual([`/ Basic ${btoa('ada:pa ss')}`]);
    expect((await runNow('teapot')).state).toBe('done');
    expect((await runNow('away')).error?.message).toContain('answered 302');
    expect(seen.at(-1)).toBe('/away -');
    expect((await receiptOf(await runNow('endless'), 'endless')).output.length).toBeLessThan(66_000);
    expect((await runNow('gone')).error?.message).toContain(
      `http://127.0.0.1:${closed}/ does not answer (ECONNREFUSED)`,
    );
    expect(JSON.stringify(await api().hooks.list.query())).not.toContain('pa%20ss');
    server.closeAllConnections();
    server.close();
  });
});

describe('a command that nobody has confirmed', () => {
  const cli = (...args: string[]) => ailab([...args, '--home', one.lab.home], { env: one.env });

  it('is not run, and the up is refused before anything is begun', async () => {
    await one.configure({ pre_apply: [sh('new', 'touch ran')] }, false);
    const before = await api().activity.list.query({ limit: 5 });
    await expect(api().lab.up.mutate({ starter: false })).rejects.toMatchObject({
      data: { code: 'CONFLICT', lab: { code: 'hook_unconfirmed' } },
      message: expect.stringContaining('new: ["sh","-c","touch ran"]'),
    });
    await expect(api().hooks.runNow.mutate({ name: 'new' })).rejects.toMatchObject({
      data: { lab: { code: 'hook_unconfirmed' } },
    });
    expect(await api().activity.list.query({ limit: 5 })).toEqual(before);
    const refused = await cli('up');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('not_confirmed') });
    expect(refused.stderr).toContain('The hook new in ai-lab.yaml runs: ["sh","-c","touch ran"]');
    expect(existsSync(inHome('ran'))).toBe(false);
  });

  it('runs once --yes has confirmed it, and is not asked about again until it changes', async () => {
    expect((await cli('up', '--yes')).code).toBe(0);
    expect(existsSync(inHome('ran'))).toBe(true);
    expect((await cli('up')).code).toBe(0);
    await one.configure({ pre_apply: [sh('new', 'touch other')] }, false);
    expect((await cli('up')).code).toBe(1);
    expect(existsSync(inHome('other'))).toBe(false);
  });

  it('is confirmed by the hash of what was shown, not of what the file says meanwhile', async () => {
    const [shown] = await api().hooks.list.query();
    await one.configure({ pre_apply: [sh('new', 'touch third')] }, false);
    await expect(
      api().hooks.confirm.mutate({ name: 'new', sha256: shown?.sha256 ?? '' }),
    ).rejects.toMatchObject({ data: { lab: { code: 'hook_changed' } } });
    expect((await cli('hooks', 'run', 'new')).code).toBe(1);
    expect((await cli('hooks', 'run', 'new', '--yes')).code).toBe(0);
    expect(existsSync(inHome('third'))).toBe(true);
  });
});

describe('a browser', () => {
  it('can neither write a command nor change one, nor name an address; it may take one out', async () => {
    await one.configure({ pre_apply: [sh('mine', 'touch by-hand')] }, false);
    const { cookie, secret } = await login(one.lab);
    const call = async (path: string, input: unknown) =>
      ask(one.lab.port, {
        method: 'POST',
        path: `/api/trpc/${path}`,
        headers: {
          'content-type': 'application/json',
          ...credentials({ cookie, secret }),
          ...ownPage(one.lab),
        },
        body: JSON.stringify(input),
      });
    const text = readFileSync(inHome('ai-lab.yaml'), 'utf8');
    const tries = [
      text.replace('by-hand', 'by-browser'),
      text.replace('mine', 'yours'),
      `${text}  post_apply: [{ name: x, type: command, command: [id] }]\n`,
      `${text}  post_apply: [{ name: x, type: http, url: 'http://169.254.169.254/' }]\n`,
    ];
    for (const attempt of tries) {
      const checked = JSON.parse((await call('config.checkText', { text: attempt })).body) as unknown;
      expect(JSON.stringify(checked)).toMatch(/hooks/);
      const base = createHash('sha256').update(text).digest('hex');
      expect((await call('config.write', { text: attempt, base })).status).toBeGreaterThanOrEqual(400);
    }
    const hook = { name: 'x', type: 'command', command: ['id'] };
    expect(
      (await call('config.set', { key: 'hooks', value: { pre_apply: [hook] } })).status,
    ).toBeGreaterThanOrEqual(400);
    for (const path of ['hooks.runNow', 'hooks.confirm', 'lab.up'])
      expect((await call(path, { name: 'mine', starter: false, command: ['id'] })).status).toBe(400);
    expect(readFileSync(inHome('ai-lab.yaml'), 'utf8')).toBe(text);
    const less = text.slice(0, text.indexOf('hooks:'));
    const base = createHash('sha256').update(text).digest('hex');
    expect((await call('config.write', { text: less, base })).status).toBe(200);
  });
});

describe('a bad hook in ai-lab.yaml', () => {
  it.each([
    ['a bad duration', '{ name: a, type: command, command: [true], timeout: soon }', /timeout/],
    ['a duration without unit', '{ name: a, type: command, command: ["true"], timeout: "10" }', /timeout/],
    ['an empty command', '{ name: a, type: command, command: [] }', /command/],
    ['a command of nothing', '{ name: a, type: command, command: [""] }', /command/],
    ['a shell text', '{ name: a, type: command, command: rm -rf / }', /command/],
    ['no url', '{ name: a, type: http }', /url/],
    ['an unknown type', '{ name: a, type: shell, command: [a] }', /type/],
  ])('%s is refused at load with its line', async (_what, entry, key) => {
    writeFileSync(inHome('ai-lab.yaml'), `context_size: 512\nhooks:\n  pre_apply:\n    - ${entry}\n`);
    const up = await one.up();
    expect(up).toMatchObject({ state: 'failed', error: { code: 'config_invalid' } });
    expect(up.error?.message).toMatch(/ai-lab\.yaml:4:\d+: hooks\.pre_apply/);
    expect(up.error?.message).toMatch(key);
  });
});
