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
import { record, startRecord } from './record.ts';
import type { Row } from './row.ts';
import { ROWS } from './rows.ts';

const FILE = 'e2e/security/defences.test.ts';

let lab: Lab;
let model: StandIn;
beforeAll(async () => {
  requireBuild();
  startRecord(FILE);
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

/** The same, judged and kept for the table. */
async function mustBite(row: Row, id: string, test: string): Promise<void> {
  const finding = await findingWithout(row, id);
  const bites = finding instanceof Violation;
  const words =
    finding === undefined ? 'nothing' : String(finding instanceof Error ? finding.message : finding);
  record({ id, describe: row.describe, test, file: FILE, bites, finding: words });
  expect(finding).toBeInstanceOf(Violation);
}

/** To become another user needs root, which CI is; a developer who isn't skips T8 there only. */
const unprovable = (row: Row) => row.id === 'T8' && !canBeNobody && process.env['CI'] === undefined;

const rowOf = (id: string): Row => {
  const row = ROWS.find((one) => one.id === id);
  if (row === undefined) throw new Error(`there is no row ${id}`);
  return row;
};

describe.each(ROWS)('$id: $describe', (row) => {
  it.skipIf(unprovable(row))(`${row.id} holds`, () => row.prove(lab));
});

describe('without its defence the same proof fails', () => {
  for (const row of ROWS) {
    for (const id of [row.id, ...(row.parts ?? [])])
      it(`${id} bites`, { concurrent: true, skip: unprovable(row), timeout: 120_000 }, () =>
        mustBite(row, id, `${row.id} holds`),
      );
  }
});

it('the test entry with nothing switched off is no weaker than the product', async () => {
  for (const id of ['T3', 'T6', 'T10']) expect(await findingWithout(rowOf(id))).toBeUndefined();
});

describe('T2 and T7 each hold alone', () => {
  it('where the cookie alone is proof enough, the gate still stops every foreign form', async () => {
    expect(await findingWithout(rowOf('T2'), 'T7')).toBeUndefined();
  });

  it('without both a foreign page really changes the lab', async () => {
    const finding = await findingWithout(rowOf('T2'), 'T2', 'T7');
    expect(finding).toBeInstanceOf(Violation);
    expect((finding as Violation).message).toMatch(/has changed the lab: (activities|requests)/);
  });
});
