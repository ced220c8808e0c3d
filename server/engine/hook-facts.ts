/** What hooks are told about the lab, gathered from the resources. Part of the composition root. */
import { join } from 'node:path';
import type { HookFacts, ServiceFact } from '../hooks/facts.ts';
import type { Home } from '../lib/home.ts';
import { healGrafanaPassword } from '../resources/compose-stack/grafana-password.ts';
import { stackLayout } from '../resources/compose-stack/layout.ts';
import { GRAFANA_USER, readSecrets } from '../resources/compose-stack/secrets.ts';
import { servedNameOf, type Lab } from '../schemas/lab.ts';
import type { Resource } from './resource.ts';

export interface HookFactsInput {
  home: Home;
  env: NodeJS.ProcessEnv;
  lab: Lab;
  resources: readonly Resource[];
  stacksFolder: string;
  gatewayUrl: string | null;
}

type Stacked = 'weaviate' | 'grafana';
const NAMES: Record<Stacked, string> = { weaviate: 'Weaviate', grafana: 'Grafana' };

/** Why this lab has no such service; null when it has. */
export function lacks(lab: Pick<Lab, 'engine' | 'stack'>, service: Stacked): string | null {
  if (lab.engine === 'embedded') return `the embedded engine runs no ${NAMES[service]}`;
  return lab.stack.services.includes(service)
    ? null
    : `\`services\` in ai-lab.yaml leaves ${NAMES[service]} out`;
}

export function hookFacts({
  home,
  env,
  lab,
  resources,
  stacksFolder,
  gatewayUrl,
}: HookFactsInput): HookFacts {
  const state = async (service: Stacked, signal: AbortSignal): Promise<ServiceFact> => {
    const reason = lacks(lab, service);
    if (reason !== null) return { kind: 'none', reason };
    const stack = resources.find(({ id }) => id === 'compose-stack');
    const items = (await stack?.actual(signal)) ?? [];
    const health = items.find(({ name }) => name === service)?.health;
    return health === undefined || health === 'exited' ? { kind: 'stopped' } : { kind: 'running', health };
  };
  const { ports } = lab.stack;
  // Grafana answers under the one name it was told.
  const grafana = `http://localhost:${ports.grafana}`;
  return {
    home: home.root,
    environment: env,
    variables: variables(home, lab, gatewayUrl),
    weaviate: {
      url: `http://127.0.0.1:${ports.weaviate}`,
      state: (signal) => state('weaviate', signal),
    },
    grafana: {
      url: grafana,
      user: GRAFANA_USER,
      state: (signal) => state('grafana', signal),
      password: () => readSecrets(home)?.grafanaPassword ?? null,
      heal: (signal) => healGrafanaPassword(home, env, signal),
    },
    dashboardFile: join(stacksFolder, 'dashboards', 'lab.json'),
  };
}

/** Names that our own command line reads mean the same lab there. */
function variables(home: Home, lab: Lab, gatewayUrl: string | null): Record<string, string> {
  const { ports, services } = lab.stack;
  const docker = lab.engine === 'docker';
  const { files } = stackLayout(home);
  const urls = docker
    ? services.map((name) => [`AILAB_${name.toUpperCase()}_URL`, `http://localhost:${ports[name]}`] as const)
    : [];
  return {
    AILAB_HOME: home.root,
    AILAB_PROJECT: lab.project,
    AILAB_ENGINE: lab.engine,
    AILAB_PROFILE: lab.profile,
    AILAB_MODEL_NAME: servedNameOf(lab),
    AILAB_MODEL_URL: `http://127.0.0.1:${docker ? ports.model : lab.modelPort}`,
    AILAB_MODEL_KEY_FILE: docker ? join(files, 'model', 'model.key') : home.runtimeKeyFile,
    ...Object.fromEntries(urls),
    ...(docker ? { AILAB_STACK_SECRETS_FILE: stackLayout(home).secrets } : {}),
    ...(gatewayUrl === null ? {} : { AILAB_GATEWAY_URL: gatewayUrl }),
  };
}
