/**
 * Puts the lab's dashboard into Grafana, once for each version of it: one that is there already stays as it is, with
 * whatever the user has changed in it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { HookContext, HookEnd } from '../engine/hooks.ts';
import { LabError } from '../lib/errors.ts';
import { VERSION } from '../lib/version.ts';
import type { HookFacts } from './facts.ts';
import { grafanaCall, type GrafanaCall, type GrafanaReply } from './grafana-call.ts';
import { routes, type Dashboard, type Route } from './grafana-routes.ts';

/** A cold Grafana on a slow laptop needs most of a minute for its first start. */
const READY_WITHIN_MS = 90_000;
const EVERY_MS = 500;
/** Someone else may save between our look and our write, but not forever. */
const TRIES = 4;

export interface ImportTimes {
  readyWithinMs: number;
  everyMs: number;
}

export async function importDashboard(
  { grafana, dashboardFile }: Pick<HookFacts, 'grafana' | 'dashboardFile'>,
  { signal, report, write }: HookContext,
  { readyWithinMs, everyMs }: ImportTimes = { readyWithinMs: READY_WITHIN_MS, everyMs: EVERY_MS },
): Promise<HookEnd> {
  const state = await grafana.state(signal);
  if (state.kind === 'none') return { kind: 'skipped', reason: state.reason };
  if (state.kind === 'stopped') return { kind: 'skipped', reason: 'Grafana is not running' };
  const dashboard = readDashboard(dashboardFile);
  const call = grafanaCall(grafana, signal, write);
  report('Waiting for Grafana.');
  await untilReady(call, readyWithinMs, everyMs, signal);
  report('Logging in to Grafana.');
  await logIn(call, grafana, { readyWithinMs, everyMs }, signal);
  report('Importing the dashboard.');
  write(`${await put(call, dashboard)}\n`);
  return { kind: 'done' };
}

const dashboardFields = z.looseObject({ uid: z.string(), title: z.string(), tags: z.array(z.string()) });

/** With a tag that names this very version of it. */
function readDashboard(file: string): Dashboard & { mark: string } {
  const text = readFileSync(file, 'utf8');
  const mark = `ailab-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  const dashboard = dashboardFields.parse(JSON.parse(text));
  return { ...dashboard, tags: [...dashboard.tags, mark], mark };
}

const health = z.object({ database: z.literal('ok') });

async function untilReady(
  call: GrafanaCall,
  withinMs: number,
  everyMs: number,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + withinMs;
  for (;;) {
    const reply = await call('GET', '/api/health');
    if (reply.status === 200 && health.safeParse(reply.body).success) return;
    if (performance.now() + everyMs > end) {
      throw new LabError({
        code: 'grafana_not_ready',
        message: `Grafana was not ready within ${Math.round(withinMs / 1000)} s: ${wordsOf(reply)}.`,
        fix: 'Look at `ailab-web logs grafana`; then run `ailab-web hooks run grafana-import`.',
        status: 503,
      });
    }
    await sleep(everyMs, undefined, { signal });
  }
}

async function logIn(
  call: GrafanaCall,
  { state, heal }: HookFacts['grafana'],
  { readyWithinMs, everyMs }: ImportTimes,
  signal: AbortSignal,
): Promise<void> {
  const login = () => call('GET', '/api/org');
  let reply = await login();
  if (reply.status === 401) {
    const end = performance.now() + readyWithinMs;
    // Docker looks at a starting Grafana every few seconds only, and it can be healed once it is found healthy.
    while ((await heal(signal)) === 'absent' && performance.now() < end) {
      const now = await state(signal);
      if (now.kind !== 'running' || now.health !== 'starting') break;
      await sleep(everyMs, undefined, { signal });
    }
    reply = await login();
  }
  if (reply.status === 200) return;
  throw new LabError({
    code: reply.status === 401 || reply.status === 403 ? 'grafana_refused' : 'grafana_failed',
    message: `Grafana does not take the lab's login: ${wordsOf(reply)}.`,
    fix: 'If its admin password was changed by hand, set it back (`stack/files/grafana-secrets/admin.password` in the home). After five wrong logins Grafana refuses every one for five minutes: then run `ailab-web hooks run grafana-import`.',
    status: 502,
  });
}

/** In words, what was done. */
async function put(call: GrafanaCall, { mark, ...dashboard }: Dashboard & { mark: string }): Promise<string> {
  let last: GrafanaReply | undefined;
  for (const route of routes(call)) {
    const end = await putBy(route, dashboard, mark);
    if (typeof end === 'string') return `"${dashboard.title}" ${end} (${route.name}).`;
    if (end.saving && !noSuchRoute(end.reply)) throw refused(route.name, end.reply);
    last = end.reply;
  }
  throw last === undefined || noSuchRoute(last) ? noRoute() : refused('no route is left', last);
}

/** What was done, or the answer that stood in the way. */
async function putBy(
  route: Route,
  dashboard: Dashboard,
  mark: string,
): Promise<string | { saving: boolean; reply: GrafanaReply }> {
  for (let tries = 1; ; tries += 1) {
    const kept = await route.find(dashboard.uid);
    if (kept !== null && 'other' in kept) return { saving: false, reply: kept.other };
    if (kept?.tags.includes(mark) === true) return 'is there already';
    const reply = await route.save(dashboard, kept, `ailab-web ${VERSION}`);
    if (reply.status === 200 || reply.status === 201)
      return kept === null ? 'is imported' : 'is brought up to date';
    if (!isConflict(reply) || tries === TRIES) return { saving: true, reply };
  }
}

/** 409: the new route; 412: the old one. Another dashboard's title in the way is no conflict that goes away. */
function isConflict({ status, body }: GrafanaReply): boolean {
  const kind = z.object({ status: z.literal('version-mismatch') });
  return status === 409 || (status === 412 && kind.safeParse(body).success);
}

const noSuchRoute = ({ status }: GrafanaReply): boolean => [404, 405, 406, 410, 501].includes(status);

function refused(route: string, reply: GrafanaReply): LabError {
  const again = 'then run `ailab-web hooks run grafana-import`';
  if (isConflict(reply)) {
    return new LabError({
      code: 'grafana_conflict',
      message: `The dashboard was changed by someone else at each of ${TRIES} tries: ${wordsOf(reply)}.`,
      fix: `Wait until nobody saves it in Grafana, ${again}.`,
      status: 409,
    });
  }
  const inTheWay = reply.status === 412;
  return new LabError({
    code: reply.status === 401 || reply.status === 403 ? 'grafana_refused' : 'grafana_failed',
    message: `Grafana did not take the dashboard (${route}): ${wordsOf(reply)}.`,
    fix: inTheWay
      ? `Rename or delete the dashboard with that title in Grafana, ${again}.`
      : `Look at \`ailab-web logs grafana\`, ${again}.`,
    status: 502,
  });
}

function noRoute(): LabError {
  return new LabError({
    code: 'grafana_unknown',
    message: 'This Grafana has none of the routes by which Grafana 10 to 13 take a dashboard.',
    fix: 'Use the pinned image: leave `images.grafana` out of ai-lab.yaml, then run `ailab-web up`.',
    status: 502,
  });
}

const said = z.object({ message: z.string() });

function wordsOf({ status, text, body }: GrafanaReply): string {
  if (status === 0) return `it does not answer (${text})`;
  const { data } = said.safeParse(body);
  return data === undefined
    ? `it answered ${status}`
    : `it answered ${status}, "${data.message.slice(0, 200)}"`;
}
