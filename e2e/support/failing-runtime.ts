/** A stand-in for llama-server that can be made to fail between two starts: by words and an end, or by its switches. */
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lab.ts';

export interface FailingRuntime {
  /** For AILAB_RUNTIME. */
  program: string;
  /** From now on it prints this and ends with 1. */
  fail(words: string): void;
  /** From now on it works, with these switches of server/testing/fake-model-server.mjs. */
  work(switches?: string[]): void;
}

/** `folder`: its own; what is written there steers it. */
export function failingRuntime(folder: string): FailingRuntime {
  const program = join(folder, 'llama-server');
  const [words, switches] = [join(folder, 'words'), join(folder, 'switches')];
  const script = join(ROOT, 'server', 'testing', 'fake-model-server.mjs');
  const lines = [
    '#!/bin/sh',
    `case "$*" in *--alias*) if [ -f '${words}' ]; then cat '${words}' >&2; exit 1; fi;; esac`,
    `exec '${process.execPath}' '${script}' $(cat '${switches}') "$@"`,
  ];
  writeFileSync(program, `${lines.join('\n')}\n`);
  chmodSync(program, 0o755);
  const work = (given: string[] = []) => {
    rmSync(words, { force: true });
    writeFileSync(switches, given.join(' '));
  };
  work();
  return { program, work, fail: (text) => writeFileSync(words, `${text}\n`) };
}
