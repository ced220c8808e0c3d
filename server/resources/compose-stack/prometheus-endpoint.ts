/** The lab's Prometheus as a program on this machine reaches it. */
import type { Home } from '../../lib/home.ts';
import type { Lab } from '../../schemas/lab.ts';
import { PROMETHEUS_USER, readSecrets } from './secrets.ts';

export interface PrometheusEndpoint {
  /** E.g. `http://127.0.0.1:19090`. */
  baseUrl: string;
  authorization: string;
}

/** Null where this lab has no Prometheus, or none was ever started. Whether it answers is another question. */
export function prometheusEndpoint(
  home: Home,
  lab: Pick<Lab, 'engine' | 'stack'>,
): PrometheusEndpoint | null {
  if (lab.engine !== 'docker' || !lab.stack.services.includes('prometheus')) return null;
  const secrets = readSecrets(home);
  if (secrets === null) return null;
  const basic = Buffer.from(`${PROMETHEUS_USER}:${secrets.prometheusPassword}`).toString('base64');
  return { baseUrl: `http://127.0.0.1:${lab.stack.ports.prometheus}`, authorization: `Basic ${basic}` };
}
