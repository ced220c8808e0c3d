/**
 * Grafana takes the admin's password from the file only when it makes its database. A volume that outlived its home
 * still holds the old one: recognised by a refused login, healed by Grafana's own command inside the container.
 */
import { LabError } from '../../lib/errors.ts';
import type { Home } from '../../lib/home.ts';
import { bestContainer } from './actual.ts';
import { conditionOf } from './condition.ts';
import { projectContainers } from './endpoint.ts';
import { connectEngine, type EngineApi } from './engine-api.ts';
import { GRAFANA_USER, readSecrets } from './secrets.ts';

const LOGIN_MS = 5000;
/** The file is read in the container, so the password is in no argument of ours and in no log of Docker's. */
const RESET = ['sh', '-c', 'grafana cli admin reset-admin-password "$(cat /run/ailab/admin.password)"'];

export interface HealParts {
  engine?: EngineApi;
  /** Status of a login, or null when nothing answers. */
  login?: (url: string, password: string, signal: AbortSignal) => Promise<number | null>;
}

/** `absent`: no healthy Grafana to ask. Call it once Grafana is healthy; a second call finds `fine`. */
export async function healGrafanaPassword(
  home: Home,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  { engine: given, login = tryLogin }: HealParts = {},
): Promise<'absent' | 'fine' | 'healed'> {
  const engine = given ?? (await connectEngine(env, signal));
  const container = bestContainer(await projectContainers(engine, home.project, signal), 'grafana');
  const port = container?.HostConfig.PortBindings?.['3000/tcp']?.[0]?.HostPort;
  const secrets = readSecrets(home);
  if (container === null || port === undefined || secrets === null) return 'absent';
  if (conditionOf(container).health !== 'healthy') return 'absent';
  const url = `http://localhost:${port}/api/org`;
  const status = await login(url, secrets.grafanaPassword, signal);
  if (status === null) return 'absent';
  if (status !== 401) return 'fine';
  const { code, output } = await engine.exec(container.Id, RESET, signal);
  if (code === 0 && (await login(url, secrets.grafanaPassword, signal)) !== 401) return 'healed';
  throw new LabError({
    code: 'grafana_password_stale',
    message: `Grafana's volume holds the password of an earlier home, and it could not be replaced: ${output.trim().slice(-300) || `exit code ${code}`}.`,
    fix: 'If you need nothing in it, run `ailab-web down --volumes` and `ailab-web up`.',
    status: 502,
  });
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
