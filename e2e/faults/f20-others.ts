/** Faults that other tests try in full: they are run as they are, and counted. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../support/lab.ts';
import type { Fault, Tally } from './fault.ts';

interface Others {
  id: string;
  title: string;
  expected: string;
  files: string[];
  /** Of the tests, those whose name matches. */
  name?: string;
  env?: Record<string, string>;
  figure?: [string, string];
}

const report = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** How many tests there are is known when they have run: the count is theirs. */
function fromTests({ id, title, expected, files, name, env = {}, figure }: Others): Fault {
  return {
    id,
    title,
    expected,
    full: 1,
    quick: 0,
    async run(_count, tally) {
      const folder = mkdtempSync(join(tmpdir(), 'ailab-report-'));
      const file = join(folder, 'report.json');
      try {
        const args = [
          'run',
          '--config',
          'e2e/vitest.config.ts',
          ...files,
          '--reporter=json',
          `--outputFile.json=${file}`,
        ];
        const child = spawn(
          join(ROOT, 'node_modules', '.bin', 'vitest'),
          [...args, ...(name === undefined ? [] : ['-t', name])],
          {
            cwd: ROOT,
            env: { ...process.env, ...env },
            stdio: 'ignore',
          },
        );
        await new Promise((resolve) => child.once('exit', resolve));
        count(report.parse(JSON.parse(readFileSync(file, 'utf8'))), tally);
        tally.figure('tests of', files.join(', '));
        if (figure !== undefined) tally.figure(...figure);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

function count({ testResults }: z.infer<typeof report>, tally: Tally): void {
  for (const { fullName, status, failureMessages } of testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    if (status === 'passed') tally.passed += 1;
    if (status === 'failed') tally.failures.push(`${fullName}: ${failureMessages?.[0]?.slice(0, 200) ?? ''}`);
  }
}

export const f14 = fromTests({
  id: 'F14',
  title: 'Prometheus stopped, slow, answering garbage or without end',
  expected: 'charts say since when there is no data, nobody waits, it recovers',
  files: ['e2e/metrics/prometheus-trouble.test.ts'],
});

export const f20 = fromTests({
  id: 'F20',
  title: '1,000 bad configs, 1,000 bad locks, 1,000 bad GGUF headers',
  expected: 'a named error with its place, nothing half-applied, no crash',
  files: ['e2e/config/bad-configs.test.ts', 'e2e/lock/bad-locks.test.ts', 'e2e/models/bad-headers.test.ts'],
  figure: ['inputs', '1,000 of each kind, inside these tests'],
});

export const f1d = fromTests({
  id: 'F1d',
  title: 'kill -9 during `up` on Docker, at 25 moments',
  expected: 'the next `up` converges, no orphan, no duplicate, what was interrupted is told',
  files: ['e2e/docker/kill.test.ts'],
  env: { AILAB_TEST_KILL_MOMENTS: '25' },
  figure: ['moments', '25, inside this test'],
});
