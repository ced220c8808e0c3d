/** Who reaches what of this lab, in words. Without zod: the frame of all pages says it, and loads this first. */
import type { LabStatus, StatusItem } from './lab.ts';
import type { Sharing } from './share.ts';

export interface Listening {
  what: string;
  port: number;
  reach: 'machine' | 'network';
}

const NAMES: Record<string, string> = {
  'embedded-runtime': 'Model',
  model: 'Model',
  weaviate: 'Weaviate',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
};

/** What of this lab listens where, as it is: a container that something else has published more widely is told so. */
export function listeningOf(
  { managed_items: items }: Pick<LabStatus, 'managed_items'>,
  { dashboardPort, lan }: Sharing,
): Listening[] {
  const services = items.filter(
    ({ domain, health }) => (domain === 'service' || domain === 'process') && health !== 'exited',
  );
  return [
    ...(lan === null || lan.trouble !== null
      ? []
      : [{ what: SHARE_PAGE, port: lan.port, reach: 'network' } as const]),
    ...(dashboardPort === null
      ? []
      : [{ what: 'Dashboard and gateway', port: dashboardPort, reach: 'machine' } as const]),
    ...services.flatMap(({ name, meta }) => portsOf(NAMES[name] ?? name, meta)),
  ];
}

const SHARE_PAGE = 'Share page';

/** Containers tell each of their ports, as `127.0.0.1:18080→8080/tcp`; our own process has one, on the loopback. */
function portsOf(what: string, { port, ports }: StatusItem['meta']): Listening[] {
  if (typeof ports === 'string') {
    return [...ports.matchAll(/(\S+):(\d+)→/g)].map(([, address = '', published]) => ({
      what,
      port: Number(published),
      reach: /^(127\.|\[?::1\]?$)/.test(address) ? 'machine' : 'network',
    }));
  }
  return typeof port === 'number' ? [{ what, port, reach: 'machine' }] : [];
}

/** One line: who can reach this lab. */
export function exposureWords({ lan }: Pick<Sharing, 'lan'>, listening: readonly Listening[]): string {
  const others = listening.filter(({ what, reach }) => reach === 'network' && what !== SHARE_PAGE);
  if (others.length > 0) {
    const names = others.map(({ what, port }) => `${what} on port ${port}`).join(', ');
    return `Your network may reach ${names}: not published by this lab as it is now. \`ailab-web up\` makes it right.`;
  }
  if (lan === null) return 'Only this machine reaches the lab.';
  if (lan.trouble !== null) return `The share page for the network is not open: ${lan.trouble}`;
  return `Your network reaches the share page on port ${lan.port}, and nothing else of the lab.`;
}
