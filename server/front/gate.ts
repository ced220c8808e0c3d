/**
 * The gate: every request and every upgrade passes these checks, in this order, before anything else sees it.
 * It stands on the raw server because Next answers any Host and any Origin. See trust.md A4, DESIGN §4.
 */
import { findRoute, type Route } from './routes.ts';

export interface Visit {
  kind: 'request' | 'upgrade';
  method: string;
  /** The request target as it came: path and query, or an absolute form. */
  target: string;
  /** Every Host header that came; there must be one. */
  hosts: string[];
  header(name: string): string | undefined;
  remoteAddress: string | undefined;
}

export interface Refusal {
  status: number;
  code: string;
  message: string;
  fix: string;
}

export interface GateContext {
  port: number;
  /** Further host names the user has configured, without port. */
  extraHosts: readonly string[];
  /** Cookie and secret, or a bearer credential: is this caller proven, and as what? */
  identify(visit: Visit): { kind: 'login' | 'cli' | 'key' } | null;
  hasCookie(visit: Visit): boolean;
}

export interface Check {
  name: 'loopback' | 'target' | 'host' | 'origin' | 'upgrade' | 'route' | 'json' | 'login';
  refuse(visit: Visit, context: GateContext): Refusal | undefined;
}

const SAFE_METHODS = new Set(['GET', 'HEAD']);

const refusal = (status: number, code: string, message: string, fix: string): Refusal => ({
  status,
  code,
  message,
  fix,
});

/** 1. Only this machine talks to the dashboard. */
const loopback: Check = {
  name: 'loopback',
  refuse({ remoteAddress }) {
    const address = remoteAddress ?? '';
    if (address === '::1' || /^(::ffff:)?127\./.test(address)) return undefined;
    return refusal(
      403,
      'not_loopback',
      'Only this machine may talk to the dashboard.',
      'Open it on the machine that runs ailab-web.',
    );
  },
};

const target: Check = {
  name: 'target',
  refuse({ target: text }) {
    if (text.startsWith('/') && !text.startsWith('//')) return undefined;
    return refusal(
      400,
      'bad_target',
      'The request target must be a path.',
      'Send the path only, as browsers do.',
    );
  },
};

/** 2. DNS rebinding: under it Origin and Host agree, so the Host must be on a list, with our port. */
const host: Check = {
  name: 'host',
  refuse({ hosts }, context) {
    const [only] = hosts;
    if (hosts.length === 1 && only !== undefined && ownHosts(context).includes(only)) return undefined;
    return refusal(
      421,
      'host_not_allowed',
      'This Host is not one of ours.',
      `Use http://localhost:${context.port}. Another name must be configured first.`,
    );
  },
};

/**
 * 3. Who caused the request. A browser says so in Sec-Fetch-Site: only `same-origin` may change or stream anything.
 * "Not cross-site" is not enough: another port of localhost is same-site with us. An Origin that comes must be ours.
 */
const origin: Check = {
  name: 'origin',
  refuse(visit, context) {
    // A share can only be read: the route says so to whoever tries anything else.
    if (visit.kind === 'request' && routeOf(visit)?.handler === 'share' && !SAFE_METHODS.has(visit.method))
      return undefined;
    const site = visit.header('sec-fetch-site');
    const from = visit.header('origin');
    if (from !== undefined && !ownOrigins(context).includes(from)) return foreign(context);
    if (site === 'same-origin') return undefined;
    const reading = visit.kind === 'request' && SAFE_METHODS.has(visit.method);
    if (site !== undefined) {
      const navigation = reading && (site === 'none' || visit.header('sec-fetch-mode') === 'navigate');
      return navigation ? undefined : foreign(context);
    }
    // No browser of today: a program, which shows a credential in a header, or an old browser with its Origin.
    if (reading || from !== undefined || visit.header('authorization') !== undefined) return undefined;
    return foreign(context);
  },
};

function foreign(context: GateContext): Refusal {
  return refusal(
    403,
    'foreign_origin',
    'This request comes from another site or another port.',
    `Do it in the dashboard at http://localhost:${context.port}, or with a key in the Authorization header.`,
  );
}

/** 4. A web socket is not held back by CORS, so its Origin must be there and ours. */
const upgrade: Check = {
  name: 'upgrade',
  refuse(visit, context) {
    if (visit.kind !== 'upgrade') return undefined;
    const from = visit.header('origin');
    if (from !== undefined && ownOrigins(context).includes(from)) return undefined;
    return foreign(context);
  },
};

/** 5. Deny by default. */
const route: Check = {
  name: 'route',
  refuse(visit) {
    const found = routeOf(visit);
    if (found === undefined || visit.kind === 'upgrade') {
      return refusal(404, 'not_found', 'There is nothing here.', 'Check the address.');
    }
    if (!found.methods.includes(visit.method)) {
      return refusal(
        405,
        'method_not_allowed',
        `${visit.method} is not possible here.`,
        `Use ${found.methods.join(' or ')}.`,
      );
    }
    return undefined;
  },
};

/** 6. A plain form can send urlencoded, multipart and text/plain to any site; it can't send JSON. */
const json: Check = {
  name: 'json',
  refuse(visit) {
    if (SAFE_METHODS.has(visit.method)) return undefined;
    const type = visit.header('content-type')?.split(';')[0]?.trim().toLowerCase();
    if (type === 'application/json') return undefined;
    return refusal(415, 'not_json', 'Only JSON is accepted here.', 'Send Content-Type: application/json.');
  },
};

/** 7. A login on loopback too: other users and other programs of this machine can reach the port. */
const login: Check = {
  name: 'login',
  refuse(visit, context) {
    const need = routeOf(visit)?.need ?? 'data';
    if (need === 'nothing') return undefined;
    if (need === 'page' && context.hasCookie(visit)) return undefined;
    const caller = context.identify(visit);
    if (caller !== null && (caller.kind !== 'key' || need === 'program')) return undefined;
    return refusal(
      401,
      need === 'program' ? 'invalid_api_key' : 'login_required',
      need === 'program' ? 'No valid key came with this request.' : 'No login came with this request.',
      need === 'program'
        ? 'Create a key on the Settings page and send it as `Authorization: Bearer sk-ailab-…`.'
        : 'Run `ailab-web open` in a terminal for a fresh login link.',
    );
  },
};

export const CHECKS: readonly Check[] = [loopback, target, host, origin, upgrade, route, json, login];

/** The first refusal, or undefined when the visit may pass. */
export function examine(
  visit: Visit,
  context: GateContext,
  checks: readonly Check[] = CHECKS,
): Refusal | undefined {
  for (const check of checks) {
    const refused = check.refuse(visit, context);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

export function pathOf(visit: Pick<Visit, 'target'>): string {
  const end = visit.target.search(/[?#]/);
  return end === -1 ? visit.target : visit.target.slice(0, end);
}

/** The last answer: several checks of one visit ask in turn. */
let lastRoute: { target: string; route: Route | undefined } = { target: '', route: undefined };

export function routeOf(visit: Pick<Visit, 'target'>): Route | undefined {
  const { target: asked } = visit;
  if (lastRoute.target !== asked) lastRoute = { target: asked, route: findRoute(pathOf(visit)) };
  return lastRoute.route;
}

const hostsOf = new WeakMap<GateContext, string[]>();

/** Of port 80 no client speaks: there the bare name means us. */
function ownHosts(context: GateContext): string[] {
  const known = hostsOf.get(context);
  if (known !== undefined) return known;
  const { port, extraHosts } = context;
  const names = ['localhost', '127.0.0.1', '[::1]', ...extraHosts];
  const hosts = names.map((name) => (port === 80 ? name : `${name}:${port}`));
  hostsOf.set(context, hosts);
  return hosts;
}

function ownOrigins(context: GateContext): string[] {
  return ownHosts(context).map((name) => `http://${name}`);
}
