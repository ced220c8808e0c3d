/**
 * Every row twice: its proof holds against the product, and fails against the same server without that defence. A
 * proof that can't fail proves nothing; and it must fail by its own finding, not by a crash or for lack of time.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireBuild, startLab, type Lab } from '../support/lab.ts';
import { standInModel, type StandIn } from '../support/model.ts';
import { canBeNobody } from '../support/nobody.ts';
import { Violation } from '../support/violation.ts';
import { startWeakened } from '../support/weakened.ts';
import { t1 } from './t1-host.ts';
import { t10 } from './t10-fuzz.ts';
import { t16 } from './t16-logs.ts';
import { t17 } from './t17-actions.ts';
import { t18 } from './t18-config.ts';
import { t19 } from './t19-headers.ts';
import { t2 } from './t2-forms.ts';
import { t20 } from './t20-ports.ts';
import { t21 } from './t21-keys.ts';
import { t22 } from './t22-dependencies.ts';
import { t3 } from './t3-reads.ts';
import { t4 } from './t4-null.ts';
import { t5 } from './t5-frames.ts';
import { t6 } from './t6-upgrade.ts';
import { t7 } from './t7-cookie.ts';
import { t8 } from './t8-users.ts';
import { t9 } from './t9-token.ts';
import type { Row } from './row.ts';

const ROWS: Row[] = [t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t16, t17, t18, t19, t20, t21, t22];

let lab: Lab;
let model: StandIn;
beforeAll(async () => {
  requireBuild();
  model = await standInModel();
  lab = await startLab(model);
});
afterAll(async () => {
  await lab?.stop();
  model?.remove();
});

/** What the proof finds against a server without these defences; undefined when it finds nothing. */
async function findingWithout(row: Row, ...defences: string[]): Promise<unknown> {
  if (row.without !== undefined)
    return row.without().then(
      () => undefined,
      (error: unknown) => error,
    );
  const own = row.needsModel === true ? await standInModel() : undefined;
  const weak = await startWeakened(defences, own);
  try {
    await row.prove(weak);
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await weak.stop();
    own?.remove();
  }
}

/** To become another user needs root, which CI is; a developer who isn't skips T8 there only. */
const unprovable = (row: Row) => row === t8 && !canBeNobody && process.env['CI'] === undefined;

describe.each(ROWS)('$id: $describe', (row) => {
  it.skipIf(unprovable(row))(`${row.id} holds`, () => row.prove(lab));

  it.skipIf(unprovable(row))(`${row.id} bites: without its defence the same proof fails`, async () => {
    const finding = await findingWithout(row, row.id);
    expect(finding).toBeInstanceOf(Violation);
  });

  it.each(row.parts ?? [])('%s: that part alone bites, too', async (part) => {
    expect(await findingWithout(row, part)).toBeInstanceOf(Violation);
  });
});

it('the test entry with nothing switched off is no weaker than the product', async () => {
  for (const row of [t3, t6, t10]) expect(await findingWithout(row)).toBeUndefined();
});

describe('T2 and T7 each hold alone', () => {
  it('where the cookie alone is proof enough, the gate still stops every foreign form', async () => {
    expect(await findingWithout(t2, 'T7')).toBeUndefined();
  });

  it('without both a foreign page really changes the lab', async () => {
    const finding = await findingWithout(t2, 'T2', 'T7');
    expect(finding).toBeInstanceOf(Violation);
    expect((finding as Violation).message).toMatch(/has changed the lab: (activities|requests)/);
  });
});
