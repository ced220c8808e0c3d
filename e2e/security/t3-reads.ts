/** T3: an `<img>` or a link makes a GET. No GET may have a side effect. */
import { ask } from '../support/http.ts';
import { seedCanaries } from '../support/canary.ts';
import { changesSince, contentsOf } from '../support/database.ts';
import type { Lab } from '../support/lab.ts';
import { credentials, login } from '../support/login.ts';
import { DATA_ROUTES, PAGES, procedures, queryPath } from '../support/procedures.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** For the queries that want an input; a new one of those fails here until it has its line. */
const INPUTS = (conversationId: string): Record<string, unknown> => ({
  'activity.list': { limit: 5 },
  'activity.get': { id: 'none' },
  'chat.get': { conversationId },
  'chat.list': { limit: 100 },
  'chat.search': { text: 'canary' },
  'chat.versions': { conversationId, messageId: 'none' },
  'chat.export': { as: 'json' },
  'config.preview': { changes: [{ key: 'context_size', value: 2048 }] },
  'metrics.series': { range: '15m' },
  'metrics.recent': { limit: 5 },
  'metrics.request': { id: 'none' },
  'metrics.cost': { days: 7 },
  'lab.plan': { starter: false },
  'hooks.get': { id: 'none' },
  'lock.history': { limit: 5 },
  'lock.export': {},
  'models.fit': { contextSize: 4096 },
});

async function prove(lab: Lab): Promise<void> {
  const { conversationId } = await seedCanaries(lab);
  const headers = { ...credentials(await login(lab)), 'sec-fetch-site': 'same-origin' };
  const inputs = INPUTS(conversationId);
  const queries = procedures('query').map(({ name }) => queryPath(name, inputs[name]));
  const mutations = procedures('mutation').map(({ name }) => queryPath(name, {}));
  const rest = [...DATA_ROUTES.map(({ path }) => path), ...PAGES, '/login', '/healthz', '/auth/login'];
  const before = contentsOf(lab.home);
  for (let round = 0; round < 2; round += 1) {
    for (const path of queries) {
      const { status, body } = await ask(lab.port, { path, headers });
      // 404: what was asked for by name is not there, which is an answer too.
      if (status !== 200 && status !== 404)
        throw new Error(`${path} was to answer: ${status} ${body.slice(0, 200)}`);
    }
    for (const path of mutations) {
      const { status } = await ask(lab.port, { path, headers });
      mustHold(status === 405, `GET ${path} is a mutation and got ${status}`);
    }
    for (const path of rest) await ask(lab.port, { path, headers });
    for (const path of [...queries, ...mutations, ...rest])
      await ask(lab.port, { method: 'HEAD', path, headers });
    const changed = changesSince(before, lab.home);
    mustHold(changed.length === 0, `a GET or HEAD has changed the database: ${changed.join('; ')}`);
  }
}

export const t3: Row = {
  id: 'T3',
  describe: 'no GET and no HEAD of any route changes anything, not even with a full login',
  prove,
};
