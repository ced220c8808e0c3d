/** The checker's own proof: on builds that were broken on purpose it goes red, on the product it does not. */
import { expect, it, vi } from 'vitest';
import { requireBuild, startLab, type Lab } from '../support/lab.ts';
import { standInModel } from '../support/model.ts';
import { startWeakened } from '../support/weakened.ts';
import { contend, killDuringUp, killWhileWriting } from './served.ts';

vi.setConfig({ testTimeout: 60_000 });
requireBuild();

interface Case {
  fault: string;
  broken: string;
  finds: RegExp;
  check(lab: Lab): Promise<string[]>;
}

const CASES: Case[] = [
  {
    fault: 'F1',
    broken: 'no intent row',
    finds: /was made, and no activity says so/,
    check: killDuringUp,
  },
  {
    fault: 'F3',
    broken: 'acknowledged before it is written',
    finds: /was acknowledged and is lost/,
    check: async (lab) => (await killWhileWriting(lab, 300)).problems,
  },
  {
    fault: 'F19',
    broken: 'no lock',
    finds: /ran at the same time/,
    check: (lab) => contend(lab, 1, 6, 3),
  },
];

async function verdict(check: Case['check'], broken?: string): Promise<string[]> {
  const model = await standInModel();
  const lab = await (broken === undefined ? startLab(model) : startWeakened([broken], model));
  try {
    return await check(lab);
  } finally {
    // With its home gone, a model server that is left ends by itself.
    await lab.stop();
    model.remove();
  }
}

it.each(CASES)('$fault: green on the product, red with $broken', async ({ fault, finds, check }) => {
  expect(await verdict(check)).toEqual([]);
  expect((await verdict(check, fault)).join('\n')).toMatch(finds);
});
