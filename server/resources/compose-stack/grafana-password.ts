/**
 * Grafana takes the admin's password from the file only when it makes its database. A volume that outlived its home
 * still holds the old one: recognised by a refused login, healed by Grafana's own command inside the container.
 * What was found right is noted in the home, so that an `up` waits for Grafana only where there is a doubt.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { bestContainer } from './actual.ts';
import { conditionOf } from './condition.ts';
import { projectContainers } from './endpoint.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import { stackLayout } from './layout.ts';
import { GRAFANA_USER, readSecrets } from './secrets.ts';
import { PRIVATE, writeStackFile } from './stack-files.ts';

const LOGIN_MS = 5000;
/** Its start with a volume takes seconds; on a busy laptop a minute. */
const START_MS = 90_000;
const LOOK_EVERY_MS = 300;
/** The file is read in the container, so the password is in no argument of ours and in no log of Docker's. */
const RESET = ['sh', '-c', 'grafana cli admin reset-admin-password "$(cat /run/ailab/admin.password)"'];

export interface HealParts {
  engine?: EngineApi;
  /** Status of a login, or null when nothing answers. */
  login?: (url: string, password: string, signal: AbortSignal) => Promise<number | null>;
  startMs?: number;
}

/** Is it unknown whether Grafana's volume holds the password of this home? */
export function grafanaInDoubt(home: Home): boolean {
  const secrets = readSecrets(home);
  return secrets !== null && noted(home) !== mark(secrets.grafanaPassword);
}

/** For a volume that is about to be made: Grafana fills it with the password of the file. */
export function noteGrafanaPassword(home: Home): void {
  const secrets = readSecrets(home);
  if (secrets === null) return;
  writeStackFile(home, stackLayout(home).grafanaProven, `${mark(secrets.grafanaPassword)}\n`, PRIVATE);
}

/**
 * Waits until Grafana answers a login. `absent`: there is none that runs, or it did not answer in time, which its own
 * item tells. Throws `grafana_password_stale` when the old password could not be replaced; nothing is stopped for it.
 */
export async function healGrafanaPassword(
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  { engine: given, login = tryLogin, startMs = START_MS }: HealParts = {},
): Promise<'absent' | 'fine' | 'healed'> {
  const secrets = readSecrets(home);
  if (secrets === null) return 'absent';
  const engine = given ?? (await connectEngine(env, signal));
  const end = performance.now() + startMs;
  for (;;) {
    const container = bestContainer(await projectContainers(engine, home.project, signal), 'grafana');
    const port = container?.HostConfig.PortBindings?.['3000/tcp']?.[0]?.HostPort;
    if (container === null || port === undefined) return 'absent';
    const { health } = conditionOf(container);
    if (health !== 'healthy' && health !== 'starting') return 'absent';
    const tryIt = () => login(`http://localhost:${port}/api/org`, secrets.grafanaPassword, signal);
    const status = await tryIt();
    if (status === 401) {
      await replacePassword(engine, container.Id, tryIt, signal);
      noteGrafanaPassword(home);
      return 'healed';
    }
    if (status === 200) {
      noteGrafanaPassword(home);
      return 'fine';
    }
    if (performance.now() > end) return 'absent';
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function replacePassword(
  engine: EngineApi,
  container: string,
  tryIt: () => Promise<number | null>,
  signal: AbortSignal,
): Promise<void> {
  const { code, output } = await engine.exec(container, RESET, signal);
  if (code === 0 && (await tryIt()) === 200) return;
  throw new LabError({
    code: 'grafana_password_stale',
    message: `Grafana's volume holds the password of an earlier home, and it could not be replaced: ${output.trim().slice(-300) || `exit code ${code}`}. The lab is up all the same.`,
    fix: 'If you need nothing in it, run `ailab-web down --volumes` and `ailab-web up`.',
    status: 502,
  });
}

/** Tells nothing about the password: that is 256 random bits. */
const mark = (password: string): string => createHash('sha256').update(password).digest('hex').slice(0, 16);

function noted(home: Home): string | null {
  try {
    return readFileSync(stackLayout(home).grafanaProven, 'utf8').trim();
  } catch {
    return null;
  }
}

async function tryLogin(url: string, password: string, signal: AbortSignal): Promise<number | null> {
  const basic = Buffer.from(`${GRAFANA_USER}:${password}`).toString('base64');
  try {
    const reply = await fetch(url, {
      headers: { authorization: `Basic ${basic}` },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOGIN_MS)]),
    });
    await reply.body?.cancel();
    return reply.status;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
