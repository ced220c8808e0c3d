/** T12: what a share tells is made from a list of fields. (e2e/share/secrets.test.ts plants forty secrets of other kinds.) */
import { seedCanaries } from '../support/canary.ts';
import { ask, bodyOf, sendRaw } from '../support/http.ts';
import { tokenOf, type Lab } from '../support/lab.ts';
import { freshLink, login } from '../support/login.ts';
import { bringUp } from '../support/model.ts';
import { mustHold } from '../support/violation.ts';
import type { Row } from './row.ts';

/** Of `status.json`, at every depth; another one is a decision, made here too. */
const FIELDS = new Set(
  (
    'at phase engine profile services name state health model architecture quantization sizeBytes contextSize runtime kind ' +
    'version lock sha256 createdAt upSince lastHour requests errors tokensPerSecond replyP95Ms firstTokenP95Ms perMinute'
  ).split(' '),
);

function fieldsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(fieldsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...fieldsOf(inner)]);
}

async function prove(lab: Lab): Promise<void> {
  await bringUp(lab);
  const canaries = await seedCanaries(lab);
  const api = lab.api();
  const { cookie, secret } = await login(lab);
  const overview = await api.lab.overview.query();
  const marks = [
    lab.home,
    cookie.slice(cookie.indexOf('=') + 1),
    secret,
    tokenOf(await freshLink(lab)),
    canaries.conversationId,
    ...(JSON.stringify(overview).match(/(?<=")\/[^"]{6,}(?=")/g) ?? []),
  ];
  if (marks.length < 7) throw new Error('the overview names no path: there is nothing to be kept back');
  const share = await api.share.create.mutate({ lan: false });
  try {
    const { pathname } = new URL(share.urls[0] ?? '');
    const get = async (path: string) => (await ask(lab.port, { path })).body;
    const live = await sendRaw(
      lab.port,
      `GET ${pathname}/live HTTP/1.1\r\nHost: localhost:${lab.port}\r\n\r\n`,
    );
    const told: Record<string, string> = {
      page: await get(pathname),
      json: await get(`${pathname}/status.json`),
      badge: await get(`${pathname}/badge.svg`),
      stream: bodyOf(live),
      snapshot: (await api.share.snapshot.query()).html,
    };
    for (const [what, text] of Object.entries(told)) {
      if (text.length < 50) throw new Error(`the ${what} of the share is ${JSON.stringify(text)}`);
      const mark = canaries.in(text) ?? marks.find((one) => text.includes(one));
      mustHold(mark === undefined, `the ${what} of a share tells ${mark}`);
    }
    const strange = fieldsOf(JSON.parse(told['json'] ?? '')).filter((name) => !FIELDS.has(name));
    mustHold(strange.length === 0, `a share tells ${strange.join(', ')}`);
  } finally {
    await api.share.revoke.mutate({ id: share.id });
  }
}

export const t12: Row = {
  id: 'T12',
  describe: 'a share tells the fields of its list, and of paths, prompts, logins and keys nothing',
  needsModel: true,
  prove,
};
