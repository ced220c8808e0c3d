/** T8: another user, or another program, of this machine reaches the port and the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { locateHome } from '../../server/lib/home.ts';
import { readServerFile } from '../../server/main/server-file.ts';
import { seedCanaries, type Canaries } from '../support/canary.ts';
import type { Lab } from '../support/lab.ts';
import { freshLink, login, ownPage } from '../support/login.ts';
import { tokenOf } from '../support/lab.ts';
import { bringUp } from '../support/model.ts';
import { asNobody, type NobodyAsk } from '../support/nobody.ts';
import { allProcesses } from '../support/processes.ts';
import { DATA_ROUTES, PAGES, procedures } from '../support/procedures.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** As a program that knows how our own page asks, and that lacks only the login. */
function asks(lab: Lab): NobodyAsk[] {
  const routes = [
    ...procedures().map(({ kind, path }) => ({ method: kind === 'mutation' ? 'POST' : 'GET', path })),
    ...DATA_ROUTES,
    ...PAGES.map((path) => ({ method: 'GET', path })),
  ];
  return routes.map(({ method, path }) => ({
    method,
    path,
    headers: { host: `localhost:${lab.port}`, 'content-type': 'application/json', ...ownPage(lab) },
    ...(method === 'POST' ? { body: '{}' } : {}),
  }));
}

async function proveClosedToNobody(lab: Lab, canaries: Canaries): Promise<void> {
  const home = locateHome(lab.home);
  const paths = [
    home.root,
    home.serverFile,
    home.database,
    home.config,
    home.logs,
    `/proc/${lab.pid}/environ`,
  ];
  const asked = asks(lab);
  const saw = await asNobody(lab.port, asked, paths);
  if (saw.uid === process.getuid?.()) throw new Error('the child is still this user');
  for (const [at, { status, body }] of saw.answers.entries()) {
    const { method, path } = asked[at] ?? { method: '', path: '' };
    mustHold(
      status === 401 && canaries.in(body) === undefined,
      `${method} ${path} gave another user ${status}: ${body.slice(0, 120)}`,
    );
  }
  for (const [at, text] of saw.files.entries())
    mustHold(text === null, `another user can read ${paths[at]}: ${text?.slice(0, 80)}`);
}

function proveRights(lab: Lab): void {
  const home = locateHome(lab.home);
  const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
  mustHold(modeOf(home.root) === '700', `the home is ${modeOf(home.root)}`);
  mustHold(modeOf(home.serverFile) === '600', `server.json is ${modeOf(home.serverFile)}`);
  mustHold(modeOf(home.runtimeKeyFile) === '600', `runtime.key is ${modeOf(home.runtimeKeyFile)}`);
}

/** Every secret there is, looked for where others look: arguments, environments, logs, and the database in clear. */
async function proveSecretsStay(lab: Lab): Promise<void> {
  await bringUp(lab);
  const home = locateHome(lab.home);
  const { cookie, secret } = await login(lab);
  const key = await lab.api().access.createKey.mutate({ name: 'T8' });
  const secrets: Record<string, string> = {
    'the CLI’s credential': readServerFile(home)?.cliSecret ?? '',
    'the launch token': tokenOf(lab.link),
    'a fresh token': tokenOf(await freshLink(lab)),
    'a login’s cookie': cookie.slice(cookie.indexOf('=') + 1),
    'a login’s secret': secret,
    'a program’s key': key.secret,
    'the model server’s key': readFileSync(home.runtimeKeyFile, 'utf8').trim(),
  };
  for (const [name, value] of Object.entries(secrets))
    if (value.length < 20) throw new Error(`${name} is no secret: '${value}'`);
  const processes = allProcesses();
  const children = processes.filter(
    ({ pid, argv, environ }) => pid !== lab.pid && argv.includes(lab.home) && environ !== '',
  );
  if (children.length === 0) throw new Error('no child of this lab is to be seen');
  const printed = lab.output().replaceAll(lab.link, '');
  const logs = readdirSync(home.logs).map((name) => readFileSync(join(home.logs, name), 'utf8'));
  const stored = readdirSync(home.root)
    .filter((name) => name.startsWith('ailab.db'))
    .map((name) => readFileSync(join(home.root, name), 'latin1'));
  for (const [name, value] of Object.entries(secrets)) {
    for (const { pid, argv, environ } of processes) {
      mustHold(!argv.includes(value), `${name} is in the arguments of ${pid}`);
      mustHold(!environ.includes(value), `${name} is in the environment of ${pid}: ${argv.slice(0, 120)}`);
    }
    mustHold(![printed, ...logs].some((log) => log.includes(value)), `${name} is in a log`);
    mustHold(!stored.some((bytes) => bytes.includes(value)), `${name} lies in the database in clear`);
  }
}

export const t8: Row = {
  id: 'T8',
  describe:
    'another user gets 401 from every route and nothing from the disk; no secret is in argv, env or logs',
  async prove(lab) {
    await proveClosedToNobody(lab, await seedCanaries(lab));
    await proveSecretsStay(lab);
    proveRights(lab);
  },
};
